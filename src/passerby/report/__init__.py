"""The outlets for what was counted: files, tables and pictures; they see results, never the pipeline."""
