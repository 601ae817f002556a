using System.Globalization;

namespace VecStore.Analysis;

/// <summary>
/// Directions kept in the store: those of the collection C in a collection of their own, C.directions, keyed by name, with their provenance as fields. It is made with the
/// first direction, and can be searched, exported and deleted from like any other.
/// </summary>
public static class StoreDirections
{
    private const string Suffix = ".directions";

    private static readonly FieldSchema[] Fields =
    [
        new("of", FieldType.String), new("method", FieldType.String), new("source", FieldType.String), new("members", FieldType.StringList), new("metric", FieldType.String),
        new("rows_seen", FieldType.Int64), new("seed", FieldType.Int64), new("sequence", FieldType.Int64), new("created", FieldType.String), new("held_out_area", FieldType.Double),
        new("effect_size", FieldType.Double), new("p", FieldType.Double), new("draws", FieldType.Int64), new("null", FieldType.String), new("self_cosine_low", FieldType.Double),
    ];

    /// <summary>The collection that holds the directions of a collection.</summary>
    public static string DirectionCollection(string of) => of + Suffix;

    /// <summary>Whether a collection holds the directions of another one of the store.</summary>
    public static bool HoldsDirections(this VectorStore store, string collection)
        => collection.EndsWith(Suffix, StringComparison.Ordinal) && store.Collections.Contains(collection[..^Suffix.Length]);

    /// <summary>Keeps a direction; durable when it returns.</summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="direction">The direction; its name is a key of a collection of string keys.</param>
    /// <param name="replace">Takes the place of one of the same name; otherwise that is an error.</param>
    /// <exception cref="ArgumentException">The name is taken or empty, or the vector has another dimension than its collection or no length.</exception>
    public static void SaveDirection(this VectorStore store, SavedDirection direction, bool replace = false)
    {
        if (string.IsNullOrWhiteSpace(direction.Name)) throw new ArgumentException("a direction needs a name", nameof(direction));
        CollectionSchema rows = store[direction.Of].Schema;
        if (direction.Vector.Length != rows.Dimension)
            throw new ArgumentException($"a direction of {direction.Vector.Length} elements, the collection {direction.Of} has {rows.Dimension}", nameof(direction));
        if (!(DoubleVectors.Norm(direction.Vector) > 0)) throw new ArgumentException($"the direction {direction.Name} has no length", nameof(direction));
        VectorCollection collection = store.OpenOrCreate(DirectionCollection(direction.Of),
            new(rows.Dimension) { Metric = Metric.Dot, KeyKind = KeyKind.String, Fields = Fields });
        if (!replace && collection.Contains(direction.Name)) throw new ArgumentException($"there is a direction {direction.Name} of {direction.Of} already", nameof(direction));
        FieldValues values = new()
        {
            ["of"] = direction.Of,
            ["method"] = direction.Method,
            ["source"] = direction.Source,
            ["members"] = direction.Members.ToArray(),
            ["metric"] = direction.Metric,
            ["rows_seen"] = direction.RowsSeen,
            ["seed"] = unchecked((long)direction.Seed),
            ["sequence"] = direction.Sequence,
            ["created"] = direction.Created.ToString("O", CultureInfo.InvariantCulture),
            ["draws"] = (long)direction.NullDraws,
        };
        if (direction.Null is { } words) values["null"] = words;
        foreach ((string name, double value) in new[]
        {
            ("held_out_area", direction.HeldOutArea), ("effect_size", direction.EffectSize), ("p", direction.PValue), ("self_cosine_low", direction.SelfCosineLow),
        })
        {
            if (double.IsFinite(value)) values[name] = value;
        }
        using WriteBatch batch = collection.BeginWrite();
        batch.Upsert(direction.Name, [.. direction.Vector.Select(x => (float)x)], values);
        batch.Commit();
    }

    /// <summary>A direction by its name.</summary>
    /// <param name="store">The store.</param>
    /// <param name="of">The collection in whose space it lies.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message names those that there are.</exception>
    public static SavedDirection LoadDirection(this VectorStore store, string of, string name)
    {
        if (store.TryGet(DirectionCollection(of), out VectorCollection? collection) && collection.Get(name) is { } record) return Read(record);
        string[] known = [.. store.ListDirections(of).Select(direction => direction.Name)];
        throw new KeyNotFoundException($"There is no direction \"{name}\" of {of}; {(known.Length == 0 ? "none was saved" : "there are " + string.Join(", ", known))}.");
    }

    /// <summary>Whether there is a direction of that name.</summary>
    public static bool HasDirection(this VectorStore store, string of, string name)
        => store.TryGet(DirectionCollection(of), out VectorCollection? collection) && collection.Contains(name);

    /// <summary>All directions of a collection, in the order they were saved.</summary>
    public static IReadOnlyList<SavedDirection> ListDirections(this VectorStore store, string of)
    {
        if (!store.TryGet(DirectionCollection(of), out VectorCollection? collection)) return [];
        using Snapshot snapshot = collection.TakeSnapshot();
        List<SavedDirection> directions = [];
        foreach (SnapshotSegment segment in snapshot.Segments)
            for (int row = 0; row < segment.Rows; row++)
                if (segment.Deleted?.Contains(row) != true) directions.Add(Read(snapshot.Read(new(segment.Id, row))));
        return directions;
    }

    /// <summary>Forgets a direction; false when there is none of that name.</summary>
    public static bool DeleteDirection(this VectorStore store, string of, string name)
        => store.TryGet(DirectionCollection(of), out VectorCollection? collection) && collection.Delete(name);

    private static SavedDirection Read(Record record)
    {
        FieldValues fields = record.Fields;
        double Number(string name) => fields[name].Kind == FieldValueKind.Absent ? double.NaN : fields[name].AsDouble();
        long Whole(string name) => fields[name].Kind == FieldValueKind.Absent ? 0 : fields[name].AsInt64();
        double[] vector = [.. record.Vector.Select(x => (double)x)];
        DoubleVectors.Normalize(vector);
        return new(record.Key.Text, fields["of"].ToString(), vector)
        {
            Method = fields["method"].ToString(),
            Source = fields["source"].ToString(),
            Members = fields["members"].Kind == FieldValueKind.StringList ? fields["members"].AsStringList() : [],
            Metric = fields["metric"].ToString(),
            RowsSeen = Whole("rows_seen"),
            Seed = unchecked((ulong)Whole("seed")),
            Sequence = Whole("sequence"),
            Created = DateTimeOffset.TryParse(fields["created"].ToString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset created) ? created : default,
            HeldOutArea = Number("held_out_area"),
            EffectSize = Number("effect_size"),
            PValue = Number("p"),
            NullDraws = (int)Whole("draws"),
            Null = fields["null"].Kind == FieldValueKind.Absent ? null : fields["null"].ToString(),
            SelfCosineLow = Number("self_cosine_low"),
        };
    }
}

/// <summary>Names saved directions of a collection, at length 1, and then its rows.</summary>
/// <param name="store">The store.</param>
/// <param name="of">The collection whose directions are meant; a direction comes before a key of the same name.</param>
/// <param name="rows">What a name means that is no direction.</param>
public sealed class DirectionResolver(VectorStore store, string of, IVectorResolver rows) : IVectorResolver
{
    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <inheritdoc/>
    public bool TryGet(string key, Span<float> vector)
    {
        if (!store.HasDirection(of, key)) return rows.TryGet(key, vector);
        double[] direction = store.LoadDirection(of, key).Vector;
        for (int k = 0; k < direction.Length; k++) vector[k] = (float)direction[k];
        return true;
    }
}
