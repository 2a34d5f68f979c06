"""Training as an Amazon SageMaker job."""
