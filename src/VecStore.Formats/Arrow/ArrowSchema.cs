namespace VecStore.Formats.Arrow;

internal enum ArrowKind
{
    Number,
    Bool,
    Text,
    List,
    FixedSizeList,
    Struct,
    FixedSizeBinary,
    Null,
}

/// <summary>A column or a part of one: its type, and where its node and buffers are in every batch.</summary>
internal sealed record ArrowField(string Name, ArrowKind Kind, StoredElement? Element, int Size, bool Wide, ArrowField[] Children, int Node, int Buffer)
{
    public bool IsList => Kind is ArrowKind.List or ArrowKind.FixedSizeList;

    /// <summary>The element where it is a list of numbers; null where it is not.</summary>
    public StoredElement? ItemOfList => IsList ? Children[0].Kind == ArrowKind.Number ? Children[0].Element : null : null;

    public bool IsFloats => ItemOfList is StoredElement.Float16 or StoredElement.Float32 or StoredElement.Float64;

    public bool IsIntegers => ItemOfList is not null && !IsFloats;

    /// <summary>Lists of lists of floats: one vector for each token of a sequence.</summary>
    public bool IsSequence => IsList && Children[0].IsFloats;
}

/// <summary>The schema of an Arrow stream (Schema.fbs of the Arrow columnar format 1.x).</summary>
internal sealed class ArrowSchema
{
    private const int Deepest = 8;

    private int nodes;
    private int buffers;

    private ArrowSchema(FlatTable schema)
    {
        if (schema.Int16(0) != 0) throw new FormatException("an Arrow file of a big-endian machine");
        Fields = [.. schema.Tables(1).Select(field => Read(field, 0))];
    }

    public ArrowField[] Fields { get; }

    public int Nodes => nodes;

    public int Buffers => buffers;

    public static ArrowSchema Of(FlatTable schema) => new(schema);

    private ArrowField Read(FlatTable field, int depth)
    {
        string name = field.Text(0) ?? "";
        if (depth > Deepest) throw new FormatException("lists nested too deeply");
        if (field.Table(4) is not null) throw new FormatException($"column '{Shown(name)}' is encoded by a dictionary, which is not read");
        int node = nodes++, buffer = buffers;
        FlatTable[] children = field.Tables(5);
        FlatTable? type = field.Table(3);
        (ArrowKind kind, StoredElement? element, int size, bool wide, int own) = field.Byte(2) switch
        {
            1 => (ArrowKind.Null, (StoredElement?)null, 0, false, 0),
            2 => (ArrowKind.Number, Integer(type), 0, false, 2),
            3 => (ArrowKind.Number, Float(type), 0, false, 2),
            4 or 5 => (ArrowKind.Text, null, 0, false, 3),
            19 or 20 => (ArrowKind.Text, null, 0, true, 3),
            6 => (ArrowKind.Bool, null, 0, false, 2),
            12 => (ArrowKind.List, null, 0, false, 2),
            21 => (ArrowKind.List, null, 0, true, 2),
            16 => (ArrowKind.FixedSizeList, null, type?.Int32Field(0) ?? 0, false, 1),
            13 => (ArrowKind.Struct, null, 0, false, 1),
            15 => (ArrowKind.FixedSizeBinary, null, 0, false, 2),
            var other => throw new FormatException($"column '{Shown(name)}' has Arrow type {other}, which is not read"),
        };
        buffers += own;
        if (kind is ArrowKind.List or ArrowKind.FixedSizeList && children.Length != 1) throw new FormatException($"the list '{Shown(name)}' has {children.Length} children");
        if (kind == ArrowKind.FixedSizeList && size < 1) throw new FormatException($"the list '{Shown(name)}' has {size} elements");
        return new(name, kind, element, size, wide, [.. children.Select(child => Read(child, depth + 1))], node, buffer);
    }

    private static StoredElement? Integer(FlatTable? type) => (type?.Int32Field(0), type?.Bool(1)) switch
    {
        (8, true) => StoredElement.Int8,
        (8, false) => StoredElement.UInt8,
        (16, true) => StoredElement.Int16,
        (16, false) => StoredElement.UInt16,
        (32, true) => StoredElement.Int32,
        (32, false) => StoredElement.UInt32,
        (64, true) => StoredElement.Int64,
        (64, false) => StoredElement.UInt64,
        var (bits, _) => throw new FormatException($"integers of {bits} bits"),
    };

    private static StoredElement? Float(FlatTable? type) => type?.Int16(0) switch
    {
        0 => StoredElement.Float16,
        1 => StoredElement.Float32,
        2 => StoredElement.Float64,
        var precision => throw new FormatException($"floating point of precision {precision}"),
    };

    private static string Shown(string name) => name.Length > 60 ? name[..60] + "..." : name;
}
