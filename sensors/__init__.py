"""What sets work going: new and changed books, failures, the clock. The decisions are litink.production.stages'."""
