"""litpool: from the file to the pooled number, with every step shown."""
