using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>The collection that an import goes into: what it is to be like, and whether the one that is there fits.</summary>
internal static class TargetCollection
{
    /// <summary>The schema: of the collection that is there with the source's fields added, or of a new one.</summary>
    public static CollectionSchema Schema(ImportRequest request, VectorSource source, CollectionSchema? existing)
    {
        List<FieldSchema> fields = [.. existing?.Fields ?? []];
        foreach (SourceField field in source.Fields)
        {
            if (!fields.Exists(known => known.Name == field.Name)) fields.Add(new FieldSchema(field.Name, TypeOf(field)));
        }

        return new CollectionSchema(source.Dimension)
        {
            Metric = request.Metric ?? existing?.Metric ?? Metric.Cosine,
            ElementType = request.Element ?? existing?.ElementType ?? ElementType.Float32,
            KeyKind = request.KeyKind ?? existing?.KeyKind ?? (source.HasKeys ? KeyKind.String : KeyKind.Int64),
            Fields = fields,
        };
    }

    /// <summary>Why the collection that is there cannot take the source; null if it can.</summary>
    public static string? Conflict(ImportRequest request, VectorSource source, CollectionSchema wanted, CollectionSchema existing)
    {
        string collection = $"the collection {request.Collection} has";
        if (wanted.Dimension != existing.Dimension) return $"{request.Source} has dimension {wanted.Dimension}, {collection} {existing.Dimension}.";
        if (wanted.Metric != existing.Metric) return $"--metric {Names.Metrics[wanted.Metric]}, but {collection} {Names.Metrics[existing.Metric]}.";
        if (wanted.ElementType != existing.ElementType) return $"--element {Names.Elements[wanted.ElementType]}, but {collection} {Names.Elements[existing.ElementType]}.";
        if (wanted.KeyKind != existing.KeyKind) return $"--key-kind {Names.KeyKinds[wanted.KeyKind]}, but {collection} {Names.KeyKinds[existing.KeyKind]} keys.";
        if (existing.KeyKind == KeyKind.String && !source.HasKeys && request.KeyKind is null)
            return $"{request.Source} has no keys, {collection} string keys: give them with --keys FILE, or take the numbers of the rows with --key-kind string.";
        foreach (SourceField field in source.Fields)
        {
            FieldType has = wanted.Fields.Single(known => known.Name == field.Name).Type;
            if (has != TypeOf(field) && (has, field.Type) != (FieldType.Double, SourceFieldType.Int64))
                return $"The field \"{field.Name}\" is {Names.FieldTypes[TypeOf(field)]} in {request.Source}, {collection} it as {Names.FieldTypes[has]}.";
        }

        return null;
    }

    /// <summary>Opens the collection, or makes it; says whether it was made.</summary>
    /// <exception cref="MistakeException">The one that is there cannot take the source.</exception>
    public static VectorCollection Open(VectorStore store, ImportRequest request, VectorSource source, out bool isNew)
    {
        isNew = !store.TryGet(request.Collection, out VectorCollection? existing);
        CollectionSchema wanted = Schema(request, source, existing?.Schema);
        if (existing is null) return store.Create(request.Collection, wanted);
        if (Conflict(request, source, wanted, existing.Schema) is { } conflict)
        {
            if (existing.Count > 0 || existing.Provenance.Count > 0) throw new MistakeException(conflict);
            if (!request.ReplaceEmpty) throw new MistakeException(EmptyConflict(store, request, Schema(request, source, null), existing));
            if (existing.Attachments.Count > 0)
                throw new MistakeException($"{conflict} It has no rows yet, but {string.Join(", ", existing.Attachments.Select(attachment => attachment.Name))}, which would be lost: import the rows first, or under another name.");
            store.Drop(request.Collection);
            isNew = true;
            return store.Create(request.Collection, Schema(request, source, null));
        }

        if (request.IndexStated && existing.Count > 0)
            throw new MistakeException($"--m and --ef-construction count only while a collection is made; {request.Collection} has {existing.Count:N0} rows.");
        FieldSchema[] added = [.. wanted.Fields.Skip(existing.Schema.Fields.Count)];
        if (added.Length > 0) existing.AddFields(added);
        return existing;
    }

    // An import that was stopped before its first row appeared leaves an empty collection: what it is like was chosen, perhaps by mistake.
    private static string EmptyConflict(VectorStore store, ImportRequest request, CollectionSchema wanted, VectorCollection existing)
    {
        string staged = string.Concat(store.UnfinishedLoads().Where(load => load.Collection == existing.Name)
            .Select(load => $" {load.Rows:N0} rows for it are staged by a stopped import of {load.Source}; they would be lost."));
        return $"The collection {request.Collection} is empty, but made for {Described(existing.Schema, wanted)}; {request.Source} gives {Described(wanted, existing.Schema)}. "
            + $"--replace-empty makes it anew.{staged}";
    }

    // The schema in one line; of its fields those that the other has otherwise or not at all.
    private static string Described(CollectionSchema schema, CollectionSchema other)
    {
        string[] fields = [.. schema.Fields.Except(other.Fields).Select(field => $"{field.Name} ({Names.FieldTypes[field.Type]})")];
        return $"dimension {schema.Dimension}, {Names.Metrics[schema.Metric]}, {Names.Elements[schema.ElementType]}, {Names.KeyKinds[schema.KeyKind]} keys"
            + (fields.Length == 0 ? "" : $", the fields {string.Join(", ", fields)}");
    }

    /// <summary>The type of the field that a source's field becomes.</summary>
    public static FieldType TypeOf(SourceField field) => field.Type switch
    {
        SourceFieldType.Int64 => FieldType.Int64,
        SourceFieldType.Double => FieldType.Double,
        SourceFieldType.Bool => FieldType.Bool,
        SourceFieldType.String => FieldType.String,
        _ => FieldType.StringList,
    };
}
