"""The backends of the store: one module each, chosen by `moxi_core.store.open_store`."""
