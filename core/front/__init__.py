"""Pages for an audience: public home, results, verification, «Việc cần làm»; reads all, read by none."""
