using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// The graph of one segment, read in place from its file. Opening it reads the header only; blocks are verified when a walk first
/// touches them, and all of them at once after some searches, from when on walks do without checks.
/// </summary>
public sealed unsafe class HnswGraph : IDisposable
{
    private const int SearchesBeforeVerification = 16;
    private const long VerificationStep = 4 << 20;
    internal const string MeanTag = "MEAN", RowsTag = "ROWS", UpperTag = "UPPR", LinksTag = "LNK0", CodesTag = "CODE", CopiesTag = "COPY", SignsTag = "SIGN";
    private readonly SectionFile _file;
    private readonly GraphProperties _properties;
    private readonly MappedSection _rows, _upper, _links, _codes;
    private readonly MappedSection? _signs;
    private readonly SearchScratch?[] _idle = new SearchScratch?[64];
    private readonly Lock _verifying = new();
    private volatile bool _trusted, _upperChecked;
    private volatile NativeBlock<uint>? _places;
    private volatile GraphCopies? _copies;
    private int _checkedSearches;
    private volatile Task? _verification;
    private readonly CancellationTokenSource _closing = new();

    private HnswGraph(SectionFile file, in GraphProperties properties)
    {
        _file = file;
        _properties = properties;
        _rows = file[RowsTag];
        _upper = file[UpperTag];
        _links = file[LinksTag];
        _codes = file[CodesTag];
        MappedSection mean = file[MeanTag];
        long nodes = properties.Nodes, upper = 0;
        for (int level = 1; level < properties.Levels; level++) upper += properties.NodesAtLevel[level] * (long)properties.M * sizeof(uint);
        if (properties.Levels > 1) upper += properties.NodesAtLevel[1] * (long)sizeof(uint);
        CheckLength(_rows, nodes * sizeof(uint));
        CheckLength(_upper, upper);
        CheckLength(_links, LinkedNodes * 2L * properties.M * sizeof(uint));
        CheckLength(_codes, (nodes * properties.RecordBytes) + 64);
        if (HasCopies && (file[CopiesTag].Length is var bytes && (bytes == 0 || bytes % sizeof(CopyEntry) != 0 || bytes / sizeof(CopyEntry) > LinkedNodes)))
            throw file[CopiesTag].Corrupt(0, $"1 to {LinkedNodes} entries of {sizeof(CopyEntry)} bytes", $"{bytes} bytes");
        CheckLength(mean, properties.Dimension * (long)sizeof(float));
        if (file.TryGet(SignsTag, out _signs))
        {
            CheckLength(_signs, SignTable.Length(properties.Nodes, properties.Dimension));
            _signs.Ensure(0, SignTable.HeaderBytes);
        }
        mean.EnsureAll();
        float[] center = new ReadOnlySpan<float>(mean.Base, properties.Dimension).ToArray();
        Mean = center;
        double square = 0;
        foreach (float x in center) square += (double)x * x;
        MeanNorm = Math.Sqrt(square);
    }

    /// <summary>Nodes of the graph: the rows of its segment.</summary>
    public int Count => _properties.Nodes;

    /// <summary>The first nodes have links, the others are copies of them.</summary>
    internal int LinkedNodes => _properties.NodesAtLevel[0];

    /// <summary>Elements of the vectors.</summary>
    public int Dimension => _properties.Dimension;

    /// <summary>The metric it was built for.</summary>
    public Metric Metric => (Metric)_properties.Metric;

    /// <summary>The M it was built with.</summary>
    public int M => _properties.M;

    /// <summary>The efConstruction it was built with.</summary>
    public int EfConstruction => _properties.EfConstruction;

    /// <summary>The seed it was built with.</summary>
    public ulong Seed => _properties.Seed;

    /// <summary>Levels, at least 1 unless the graph is empty.</summary>
    public int Levels => _properties.Levels;

    /// <summary>What the probe of the build measured, by rising ef; empty when there were too few rows to probe.</summary>
    public ReadOnlySpan<ProbeStep> Probe => ((ReadOnlySpan<ProbeStep>)Unsafe.AsRef(in _properties).Probe)[..Math.Clamp(_properties.Probes, 0, GraphProbe.Steps)];

    /// <summary>Bytes of links, upper levels, node numbers and the table of copies.</summary>
    public long GraphBytes => _links.Length + _upper.Length + _rows.Length + (HasCopies ? _file[CopiesTag].Length : 0);

    /// <summary>Bytes of the codes: int8, and where the graph has them the signs.</summary>
    public long CodeBytes => _codes.Length + (_signs?.Length ?? 0);

    /// <summary>Bytes of the signs, one bit a dimension and two numbers a row; 0 when the file has none.</summary>
    public long SignBytes => _signs?.Length ?? 0;

    /// <summary>The file it is read from.</summary>
    public SectionFile File => _file;

    internal ReadOnlyMemory<float> Mean { get; }

    /// <summary>The length of <see cref="Mean"/>.</summary>
    internal double MeanNorm { get; }

    private bool HasCopies => LinkedNodes < Count;

    internal ref readonly GraphProperties Properties => ref _properties;

    internal bool IsTrusted => _trusted;

    internal MappedSection CodeSection => _codes;

    internal MappedSection LinkSection => _links;

    internal MappedSection? SignSection => _signs;

    internal int RecordBytes => _properties.RecordBytes;

    /// <summary>
    /// Takes a graph file into use; the graph owns the file from then on. <see cref="StoreCorruptException"/> when its properties
    /// do not fit its sections.
    /// </summary>
    public static HnswGraph Open(SectionFile file)
    {
        ReadOnlySpan<byte> bytes = file.Properties;
        if (bytes.Length != GraphProperties.Size) throw file.Corrupt(0, $"{GraphProperties.Size} bytes of graph properties", $"{bytes.Length}");
        GraphProperties properties = MemoryMarshal.Read<GraphProperties>(bytes);
        if (properties.Layout > GraphProperties.CurrentLayout)
            throw new FormatVersionException(file.Path, properties.Layout, GraphProperties.CurrentLayout);
        bool sane = properties is { Layout: 1 or 2, Nodes: >= 0, Dimension: >= 1 and <= 65536, M: >= 2 and <= 128, Levels: <= GraphProperties.MaxLevels, Metric: >= 1 and <= 3 }
            && properties.RecordBytes == CodeTable.Stride(properties.Dimension)
            && properties.Levels > 0
            && (properties.Layout == 1 ? properties.NodesAtLevel[0] == properties.Nodes : properties.NodesAtLevel[0] >= 1 && properties.NodesAtLevel[0] < properties.Nodes);
        for (int level = 1; sane && level < properties.Levels; level++)
        {
            sane = properties.NodesAtLevel[level] >= 1 && properties.NodesAtLevel[level] <= properties.NodesAtLevel[level - 1];
        }
        if (!sane) throw file.Corrupt(0, "the properties of a graph", "values out of range");
        return new HnswGraph(file, properties);
    }

    /// <summary>
    /// Verifies the checksums of the whole file and that every link leads to a node, unless that was done before.
    /// </summary>
    public void Verify(CancellationToken cancellation = default)
    {
        if (_trusted) return;
        lock (_verifying)
        {
            if (_trusted) return;
            foreach (MappedSection? section in (ReadOnlySpan<MappedSection?>)[_upper, _rows, _links, _codes, _signs])
            {
                if (section == null) continue;
                for (long at = 0; at < section.Length; at += VerificationStep)
                {
                    cancellation.ThrowIfCancellationRequested();
                    section.Ensure(at, Math.Min(VerificationStep, section.Length - at));
                }
                section.EnsureAll();
            }
            GraphVerification.CheckLinks(this, cancellation);
            _trusted = true;
        }
    }

    /// <summary>Row of a node, verified.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RowOf(uint node)
    {
        _rows.Ensure(node * (long)sizeof(uint), sizeof(uint));
        uint row = ((uint*)_rows.Base)[node];
        if (row >= (uint)_properties.Nodes) throw _rows.Corrupt(node * (long)sizeof(uint), $"a row below {Count}", $"{row}");
        return (int)row;
    }

    /// <summary>The nodes that are copies; null when there are none. Small, verified as a whole when first needed.</summary>
    internal GraphCopies? Copies
    {
        get
        {
            if (!HasCopies || _copies is not null) return _copies;
            lock (_verifying) return _copies ??= new GraphCopies(_file[CopiesTag], LinkedNodes, Count);
        }
    }

    internal uint* RowNumbers => (uint*)_rows.Base;

    internal MappedSection RowSection => _rows;

    internal UpperLevel Level(int level)
    {
        long offset = _properties.NodesAtLevel[1] * (long)sizeof(uint);
        for (int l = 1; l < level; l++) offset += _properties.NodesAtLevel[l] * (long)_properties.M * sizeof(uint);
        return new UpperLevel(offset, _properties.NodesAtLevel[level]);
    }

    internal MappedSection UpperSection => _upper;

    /// <summary>Where the lists of an upper level begin in their section, and how many there are.</summary>
    internal readonly record struct UpperLevel(long Offset, int Nodes);

    /// <summary>Compares the nodes of the upper levels with the number of nodes, once.</summary>
    internal void CheckUpperNodes()
    {
        if (_upperChecked) return;
        GraphVerification.CheckUpperNodes(this);
        _upperChecked = true;
    }

    /// <summary>Sets the bit of each linked node that stands for a row that passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Translate(RowFilter filter, ulong* nodes)
    {
        uint* nodeOf = NodeNumbers();
        for (int word = 0; word < (filter.RowCount + 63) / 64; word++)
        {
            for (ulong bits = filter.Word(word); bits != 0; bits &= bits - 1)
            {
                uint node = nodeOf[(word << 6) + BitOperations.TrailingZeroCount(bits)];
                nodes[node >> 6] |= 1UL << (int)node;
            }
        }
        Copies?.Fold(nodes);
    }

    /// <summary>The node of each row: made from the rows of the nodes when a filter first needs it.</summary>
    internal uint* NodeNumbers() => (_places ?? MakePlaces()).Base;

    private NativeBlock<uint> MakePlaces()
    {
        lock (_verifying)
        {
            if (_places != null) return _places;
            var places = new NativeBlock<uint>(Count);
            for (int node = 0; node < Count; node++) places.Base[RowOf((uint)node)] = (uint)node;
            return _places = places;
        }
    }

    /// <summary>Whether a walk may do without checks. After some searches with checks the whole file is verified, once, in the background.</summary>
    internal bool UseTrusted()
    {
        if (_trusted) return true;
        if (Interlocked.Increment(ref _checkedSearches) == SearchesBeforeVerification) _verification = Task.Run(VerifyInBackground);
        return false;
    }

    private void VerifyInBackground()
    {
        try
        {
            Verify(_closing.Token);
        }
        catch (Exception e) when (e is StoreCorruptException or OperationCanceledException)
        {
            // Damage is reported by the search that reads it; until then answers do not depend on it.
        }
    }

    internal SearchScratch Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            SearchScratch? scratch = _idle[i];
            if (scratch != null && Interlocked.CompareExchange(ref _idle[i], null, scratch) == scratch) return scratch;
        }
        int queryBytes = Math.Max(CodeSpace.BytesOfQuery(Dimension), PreparedQuery.PaddedLength(Dimension) * sizeof(float));
        return new SearchScratch(Count, queryBytes, Dimension);
    }

    internal void Return(SearchScratch scratch)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] == null && Interlocked.CompareExchange(ref _idle[i], scratch, null) == null) return;
        }
        scratch.Dispose();
    }

    /// <summary>Closes the file. No search may be running.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _verification?.Wait();
        _closing.Dispose();
        for (int i = 0; i < _idle.Length; i++) Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        _places?.Dispose();
        _file.Dispose();
    }

    private static void CheckLength(MappedSection section, long expected)
    {
        if (section.Length != expected) throw section.Corrupt(0, $"{expected} bytes in section {section.Tag}", $"{section.Length}");
    }
}

/// <summary>Lists of a mapped level whose blocks and links have been verified.</summary>
internal readonly unsafe struct TrustedLists(uint* links, int slots) : INeighborLists
{
    public int Slots => slots;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* Of(uint node) => links + (nint)node * slots;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (Sse.IsSupported) Sse.Prefetch0(links + (nint)node * slots);
    }
}
