"""The camera at the stand: frames read, a held print noticed, a lost camera recovered."""
