"""What is measured, by subject. Each case names its rivals, and how much longer than they ours may take."""
