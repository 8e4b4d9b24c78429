// Package progress remembers what a learner has done: every answer, the place
// in each lesson, when each question is due again, and a few settings. It is
// one SQLite file, opened after the first frame is on the screen.
//
//	           Record(answer)                SavePosition(lesson, step)
//	                │                                  │
//	   ┌────────────┴───────────┐                      │
//	   ▼                        ▼                      ▼
//	answers                   cards                positions ── settings
//	one row an answer,        one row an item,     one row a      language,
//	never changed             its FSRS memory      lesson         last lesson
//	   │                        │                      │
//	History, Totals           Due                  Lessons, Continue
//
// # What is promised
//
// An answer that [Store.Record] returned without an error is on the disk: the
// answer and its review card are one transaction, and the transaction has been
// synced. Killing the program, or the machine, after that loses nothing;
// killing it before leaves either the whole answer or none of it.
//
// A method that returns an error has recorded nothing, so it may be called
// again with the same arguments. The store stays usable: after a full disk has
// space again, the same call works.
//
// Two programs may use one file at once. Writers take turns (a writer waits up
// to [BusyTimeout]), and everything that reads before it writes, a review
// card for one, does both inside one write transaction. Nobody renames the file
// while another is opening, reading or writing it: that is what the empty
// progress.db.lock beside it is for, which every program locks as it does so.
//
// # Why a rollback journal and not WAL
//
// The file is kept in SQLite's PERSIST journal mode with synchronous=FULL. An
// answer is given every few seconds, so the two or three syncs that WAL would
// save cannot be felt (0.7 ms an answer against 0.3 ms where this was measured),
// and the rollback journal is the safer of the two here:
//
//   - it needs no shared memory, so two programs are safe wherever file locks
//     work, and a read-only directory can still be read;
//   - all that is committed is in the one file a person copies or syncs;
//   - a writer whose file was renamed under it (a person moved it) is told so
//     by SQLite, and reopens; in WAL mode it would go on writing into the
//     renamed file.
//
// PERSIST and not DELETE because at synchronous=FULL the overwritten journal
// header is synced, while the removal of a journal is not (that takes EXTRA): a
// power cut could bring a removed journal back and undo an acknowledged answer
// (sqlite.org/pragma.html#pragma_synchronous). TRUNCATE is synced too, and four
// times slower on ext4.
//
// # When something is wrong
//
// [Open] never fails: a learner who came to learn gets a session. What is wrong
// comes back beside the store as a [Problem], in data (a code, a path, a
// detail), so that a screen can say it in the learner's language:
//
//   - the directory cannot be made or written, or has no space: the session is
//     kept in memory, beginning with a copy of what can still be read;
//   - the file is damaged: it is renamed to progress.db.corrupt-1 (or the first
//     number that is free) together with its journal, never deleted and never
//     written over, and a fresh one is begun;
//   - the file is from a newer tcptutor, or is another program's database: it
//     is not touched, the session is kept in memory.
//
// # Time
//
// Nothing here reads a clock. The caller passes the time in seconds since the
// Unix epoch, so a run of answers gives the same reviews on any day. Reviews
// are scheduled by FSRS with its fuzz off: same answers, same dates.
package progress
