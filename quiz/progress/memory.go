package progress

import (
	"context"
	"errors"
)

// useMemory puts the session in memory, beginning with image (a whole SQLite
// file, or nil for none) as far as that can be used.
func (s *Store) useMemory(image []byte) {
	s.saving = false
	conn, err := memory(image)
	if err != nil && image != nil {
		conn, err = memory(nil)
	}
	if err != nil {
		// Memory itself has run out. The store answers every call with
		// this problem.
		s.broken = problemOf(s.path, err)
		return
	}
	s.conn = conn
}

func memory(image []byte) (*link, error) {
	conn, err := dialName(":memory:")
	if err != nil {
		return nil, err
	}
	if image != nil {
		err = conn.Raw(func(driver any) error {
			return driver.(interface{ Deserialize([]byte) error }).Deserialize(image)
		})
	}
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "PRAGMA journal_mode=MEMORY")
	}
	if err == nil {
		err = prepare(conn, quick)
	}
	if err == nil {
		err = tryWrite(conn)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// snapshot reads the whole file as one consistent image, through SQLite and its
// locks, without writing. It returns nil when it cannot.
func snapshot(path string) []byte {
	conn, err := dial(path, "ro")
	if err != nil {
		return nil
	}
	defer func() { _ = conn.Close() }()
	ctx := context.Background()
	var size int64
	err = conn.QueryRowContext(ctx,
		"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&size)
	if err == nil && (size == 0 || size > maxCopy) {
		err = errors.New("nothing to copy, or too much")
	}
	var image []byte
	if err == nil {
		err = conn.Raw(func(driver any) (err error) {
			image, err = driver.(interface{ Serialize() ([]byte, error) }).Serialize()
			return err
		})
	}
	if err != nil || len(image) < 100 {
		return nil
	}
	// The header's write and read versions say WAL or read-only; an image in
	// memory is neither (sqlite.org/c3ref/deserialize.html).
	image[18], image[19] = 1, 1
	return image
}
