"""Pictures in which no person can be recognised: only certain background is shown sharp, all else is redrawn."""
