using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using VecStore.Storage;

namespace VecStore.Tests;

/// <summary>What a store should contain, kept in dictionaries; and what one does contain, in the same words, so that the two can be compared.</summary>
public sealed class Contents
{
    private readonly SortedDictionary<string, (List<string> Fields, SortedDictionary<string, string> Rows)> _collections = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _attachments = new(StringComparer.Ordinal); // by collection and name

    public IEnumerable<string> Keys(string collection) => _collections[collection].Rows.Keys;

    public int Count(string collection) => _collections[collection].Rows.Count;

    public void Create(string collection, params IEnumerable<FieldSchema> fields) =>
        _collections.Add(collection, ([.. fields.Select(field => field.Name)], new SortedDictionary<string, string>(StringComparer.Ordinal)));

    public void AddFields(string collection, params IEnumerable<FieldSchema> fields) => _collections[collection].Fields.AddRange(fields.Select(field => field.Name));

    public void Drop(string collection)
    {
        _collections.Remove(collection);
        foreach (string key in _attachments.Keys.Where(key => key.StartsWith(collection + "/", StringComparison.Ordinal)).ToArray()) _attachments.Remove(key);
    }

    public void Attach(string collection, string name, ReadOnlySpan<byte> content) => _attachments[$"{collection}/{name}"] = System.Convert.ToHexString(content);

    public void Detach(string collection, string name) => _attachments.Remove($"{collection}/{name}");

    public void Upsert(string collection, Key key, ReadOnlySpan<float> stored, FieldValues? values = null) =>
        _collections[collection].Rows[key.ToString()] = Row(stored, values ?? []);

    public void Delete(string collection, Key key) => _collections[collection].Rows.Remove(key.ToString());

    /// <summary>The whole contents as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string name, (List<string> fields, SortedDictionary<string, string> rows)) in _collections)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {name} ({string.Join(", ", fields)}) {rows.Count}\n");
            foreach ((string key, string row) in rows) text.Append(CultureInfo.InvariantCulture, $"{key}: {row}\n");
        }

        foreach ((string name, string content) in _attachments) text.Append(CultureInfo.InvariantCulture, $"@ {name}: {content}\n");
        return text.ToString();
    }

    /// <summary>The same text of a store, by scanning it; each row is also looked up by its key.</summary>
    public static string Of(VectorStore store)
    {
        var found = new Contents();
        foreach (string name in store.Collections)
        {
            VectorCollection collection = store[name];
            found.Create(name, collection.Schema.Fields);
            using Snapshot snapshot = collection.TakeSnapshot();
            float[] vector = new float[collection.Schema.Dimension];
            foreach (ScannedRow row in snapshot.Scan())
            {
                Key key = row.Key;
                row.ReadVector(vector);
                if (found._collections[name].Rows.ContainsKey(key.ToString())) Assert.Fail($"the key {key} is there twice");
                if (!snapshot.TryFind(key, out RowId place) || place != row.Row) Assert.Fail($"the key {key} leads to {place}, not to {row.Row}");
                found.Upsert(name, key, vector, row.Fields);
            }

            Assert.Equal(found.Count(name), snapshot.Count);
            foreach (AttachmentEntry entry in snapshot.Attachments)
            {
                using Attachment attachment = snapshot.OpenAttachment(entry.Name);
                MappedSection section = attachment.File["DATA"];
                found.Attach(name, entry.Name, section.Read(0, (int)section.Length));
            }
        }

        return found.ToString();
    }

    private static string Row(ReadOnlySpan<float> vector, FieldValues values)
    {
        string bytes = System.Convert.ToHexString(MemoryMarshal.AsBytes(vector));
        return bytes + string.Concat(values.Where(pair => !pair.Value.IsAbsent).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $" {pair.Key}={pair.Value}"));
    }
}
