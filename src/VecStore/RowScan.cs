using VecStore.Storage;

namespace VecStore;

/// <summary>The live rows of a snapshot in order, for <c>foreach</c>.</summary>
public readonly struct RowScan
{
    private readonly Snapshot _snapshot;
    private readonly SegmentView[] _views;
    private readonly Filter? _filter;

    internal RowScan(Snapshot snapshot, SegmentView[] views, Filter? filter)
    {
        _snapshot = snapshot;
        _views = views;
        _filter = filter;
    }

    /// <summary>The enumerator.</summary>
    public Enumerator GetEnumerator() => new(_snapshot, _views, _filter);

    /// <summary>Walks over the live rows. It holds the files until it is disposed, as <c>foreach</c> does, also when the snapshot is disposed before.</summary>
    public struct Enumerator : IDisposable
    {
        private readonly Snapshot.Reading _reading;
        private readonly Snapshot _snapshot;
        private readonly SegmentView[] _views;
        private readonly Filter? _filter;
        private RowSet? _passing;
        private int _view;
        private int _row;

        internal Enumerator(Snapshot snapshot, SegmentView[] views, Filter? filter)
        {
            _reading = snapshot.Read();
            _snapshot = snapshot;
            _views = views;
            _filter = filter;
            _view = -1;
            _row = -1;
        }

        /// <summary>The row it stands on.</summary>
        public readonly ScannedRow Current => new(_snapshot, new SnapshotSegment(_views[_view]), _row);

        /// <summary>Lets go of the files.</summary>
        public readonly void Dispose() => _reading.Dispose();

        /// <summary>Goes to the next live row; false after the last.</summary>
        public bool MoveNext()
        {
            while (true)
            {
                while (_view >= 0 && ++_row < _views[_view].Rows)
                {
                    if (_views[_view].IsLive(_row) && (_passing is null || _passing.Contains(_row))) return true;
                }

                do
                {
                    if (++_view >= _views.Length) return false;
                }
                while (_views[_view].Rows == 0);
                _row = -1;
                _passing = _filter is null ? null : _views[_view].Handle.Passing(_filter, _views[_view].Rows);
            }
        }
    }
}

/// <summary>A row that a scan stands on. Read from it what is wanted.</summary>
public readonly struct ScannedRow
{
    private readonly Snapshot _snapshot;
    private readonly SnapshotSegment _segment;
    private readonly int _row;

    internal ScannedRow(Snapshot snapshot, SnapshotSegment segment, int row)
    {
        _snapshot = snapshot;
        _segment = segment;
        _row = row;
    }

    /// <summary>Where it lies.</summary>
    public RowId Row => new(_segment.Id, _row);

    /// <summary>Its key.</summary>
    public Key Key => _segment.KeyOf(_row);

    /// <summary>Its metadata.</summary>
    public FieldValues Fields => _segment.FieldsOf(_row, _snapshot.Schema);

    /// <summary>Reads its vector as float32.</summary>
    /// <param name="vector">Takes the vector; its length must be the dimension.</param>
    public void ReadVector(Span<float> vector) => _segment.ReadVector(_row, vector);
}
