//! Text becomes raw records; the only room that reads or writes files.
