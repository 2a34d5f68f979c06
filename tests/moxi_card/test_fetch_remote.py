"""Fetching from a machine over SSH: a server of the same library on this one, its host key checked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from moxi_card.fetch_remote import Address, choose_weights, fetch
from moxi_core.errors import CardError, SettingsError
from tests.moxi_card.jobs import card, picture, safetensors, write_job
from tests.moxi_core.hub import Hub

asyncssh = pytest.importorskip("asyncssh")


@dataclass
class Machine:
    """A rented machine: its address, its files, and a home whose keys it lets in."""

    port: int
    root: Path
    home: Path

    @property
    def known_hosts(self) -> Path:
        return self.home / ".ssh" / "known_hosts"

    def address(self, folder: str = "job") -> str:
        return f"ssh://me@127.0.0.1:{self.port}/{folder}"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    root, home = tmp_path / "machine", tmp_path / "home"
    ssh = home / ".ssh"
    ssh.mkdir(parents=True)
    root.mkdir()
    host_key, own = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    own.write_private_key(ssh / "id_ed25519")
    own.write_public_key(root.parent / "authorized_keys")
    loop = asyncio.new_event_loop()

    async def start() -> object:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[host_key],
            authorized_client_keys=str(root.parent / "authorized_keys"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root)),
        )  # fmt: skip

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = server.get_port()  # type: ignore[attr-defined]
    public = host_key.export_public_key().decode().strip()
    (ssh / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    yield Machine(port, root, home)
    loop.call_soon_threadsafe(server.close)  # type: ignore[attr-defined]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def train(machine: Machine, name: str = "pepe-frog") -> Path:
    """What ai-toolkit leaves."""
    output = machine.root / "job" / "output" / name
    (output / "samples").mkdir(parents=True)
    (output / f"{name}.safetensors").write_bytes(safetensors({"ss_steps": "2000"}))
    (output / f"{name}_000000250.safetensors").write_bytes(safetensors(fill=1))
    (output / "optimizer.pt").write_bytes(b"x")
    for step in (0, 2000):
        for number in range(4):
            file = output / "samples" / f"17__{step:09}_{number}.jpg"
            file.write_bytes(picture(step + number, "JPEG"))
    return output


def test_finish_fetches_first(
    machine: Machine, server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    output = train(machine)
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    done = card("finish", job, "--from", machine.address(), **known, HOME=str(machine.home))
    assert (done.returncode, done.stdout) == (0, f"{server.url}/org/pepe-frog\n"), done.stderr
    files = server.files["org/pepe-frog"]
    assert files["pepe-frog.safetensors"] == (output / "pepe-frog.safetensors").read_bytes()
    assert len([name for name in files if name.startswith("samples/")]) == 4


def test_a_file_that_is_here_is_not_fetched_again(machine: Machine, tmp_path: Path) -> None:
    output = train(machine)
    first = fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    inode = first.weights.stat().st_ino
    assert first.samples is not None and len(list(first.samples.iterdir())) == 8
    (output / "samples" / "17__000000000_0.jpg").unlink()
    again = fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    assert again.weights.stat().st_ino == inode
    assert again.samples is not None and len(list(again.samples.iterdir())) == 7
    assert not list((tmp_path / "fetched").glob(".*"))


def test_a_host_key_that_is_not_known(machine: Machine, tmp_path: Path) -> None:
    train(machine)
    trusted = machine.known_hosts.read_text()
    machine.known_hosts.write_text("")
    with pytest.raises(CardError, match=r"The host key of '127.0.0.1' is not known"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    machine.known_hosts.write_text(f"[127.0.0.1]:{machine.port} {other}")
    with pytest.raises(CardError, match="or is not the one that is known"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    machine.known_hosts.unlink()
    with pytest.raises(CardError, match="is not known"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    (tmp_path / "hosts").write_text(trusted)
    assert fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched", tmp_path / "hosts").weights


def test_a_key_that_is_not_let_in(machine: Machine, tmp_path: Path) -> None:
    (machine.home / ".ssh" / "id_ed25519").unlink()
    with pytest.raises(CardError, match="lets nobody in with these keys"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")


def test_nothing_trained_yet(machine: Machine, tmp_path: Path) -> None:
    with pytest.raises(CardError, match="has it trained yet"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")
    (machine.root / "job" / "output" / "pepe-frog").mkdir(parents=True)
    with pytest.raises(CardError, match="There are no weights in"):
        fetch(machine.address(), ["pepe-frog"], tmp_path / "fetched")


def test_what_a_stranger_names(machine: Machine, tmp_path: Path) -> None:
    output = train(machine)
    (output / "samples" / "link.png").symlink_to("/etc/passwd")
    (output / "samples" / "-rf.png").write_bytes(picture())
    (output / "samples" / "a\nb.png").write_bytes(picture())
    fetched = fetch(machine.address(), ["pepe-frog", "../x"], tmp_path / "fetched")
    assert fetched.samples is not None
    assert {file.suffix for file in fetched.samples.iterdir()} == {".jpg"}


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(CardError, match="cannot be reached over SSH"):
        fetch("ssh://127.0.0.1:9/job", ["x"], tmp_path)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ssh://host/job", Address("host", "/job")),
        ("ssh://me@host:2222/a/b/", Address("host", "/a/b", "me", 2222)),
        ("ssh://host/~/job", Address("host", "job")),
        ("ssh://[::1]/job%20a", Address("::1", "/job a")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert Address.of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "host:/job",
        "http://host/job",
        "ssh://host",
        "ssh://host/",
        "ssh:///job",
        "ssh://a:b@host/job",
        "ssh://host:x/job",
        "ssh://-oX/job",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError, match="is no address to fetch from"):
        Address.of(text)


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["x.safetensors", "x_000002000.safetensors", "optimizer.pt"], "x.safetensors"),
        (["x_000000900.safetensors", "x_000001000.safetensors", "x_000000100.safetensors"], "x_000001000.safetensors"),
        (["pytorch_lora_weights.safetensors", "x-10.safetensors"], "pytorch_lora_weights.safetensors"),
        (["other.safetensors"], "other.safetensors"),
        (["a.safetensors", "b.safetensors"], ""),
        (["optimizer.safetensors", "x.pt"], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_which_weights(files: list[str], chosen: str) -> None:
    assert choose_weights(files, ["x"]) == chosen
