using System.Globalization;
using VecStore.Storage;

namespace VecStore.Tests.Compatibility;

/// <summary>
/// What is in each store under Fixtures, by formula. A later version may add collections to the fixtures that it writes; what is here stays as it is.
/// </summary>
internal static class FixtureStore
{
    public const int NumberRows = 300;
    public const int FirstInLog = 290;
    public const int Dimension = 8;

    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests/VecStore.Tests/Fixtures");

    /// <summary>The element type and the metric of each collection with string keys.</summary>
    public static (string Name, ElementType Element, Metric Metric)[] Words { get; } =
        [("words-f16", ElementType.Float16, Metric.Dot), ("words-bf16", ElementType.BFloat16, Metric.Cosine), ("words-int8", ElementType.Int8, Metric.Euclidean)];

    public static bool IsDeleted(int key) => key % 10 == 3;

    /// <summary>Numbers that float32 holds exactly.</summary>
    public static float[] Vector(int key) => [.. Enumerable.Range(0, Dimension).Select(i => ((((key * 31) + (i * i * 17) + (key * i * 7)) % 129) - 64) / 64f)];

    public static FieldValues Fields(int key)
    {
        var values = new FieldValues { ["year"] = 1990 + (key % 40), ["weight"] = key / 8.0, ["even"] = key % 2 == 0 };
        if (key % 5 != 0) values["title"] = string.Create(CultureInfo.InvariantCulture, $"no. {key} – Ångström");
        if (key % 3 == 0) values["tags"] = (string[])["third", key % 2 == 0 ? "even" : "odd"];
        return values;
    }

    public static CollectionSchema Numbers { get; } = new(Dimension)
    {
        Metric = Metric.Cosine,
        Fields = [new("year", FieldType.Int64), new("weight", FieldType.Double), new("even", FieldType.Bool), new("title", FieldType.String), new("tags", FieldType.StringList)],
    };

    /// <summary>Writes the fixture of the version that this code writes: segments, a graph, deletions, provenance, an attachment (from version 2 on) and a log that holds rows.</summary>
    public static void Write(string target)
    {
        string work = Directory.CreateTempSubdirectory("vecstore-fixture-").FullName;
        var options = new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual, GraphMinRows = 200, Index = new() { M = 8, EfConstruction = 40 } };
        using (VectorStore store = VectorStore.Open(work, options))
        {
            VectorCollection numbers = store.Create("numbers", Numbers);
            using (BulkLoad load = numbers.BeginBulkLoad(new() { Source = "fixture" }))
            {
                for (int key = 0; key < FirstInLog; key++) load.Append(key, Vector(key), Fields(key));
                load.Publish();
            }

            foreach ((string name, ElementType element, Metric metric) in Words)
            {
                VectorCollection words = store.Create(name, new(Dimension) { KeyKind = KeyKind.String, ElementType = element, Metric = metric });
                using WriteBatch batch = words.BeginWrite();
                for (int key = 0; key < 20; key++) batch.Upsert($"wört {key}", Vector(key));
                batch.Commit();
                words.Seal();
            }

            for (int key = 0; key < 100; key++)
            {
                if (IsDeleted(key)) numbers.Delete(key);
            }

            numbers.Seal();
            using (WriteBatch batch = numbers.BeginWrite())
            {
                for (int key = 100; key < NumberRows; key++)
                {
                    if (IsDeleted(key)) batch.Delete(key);
                    else if (key >= FirstInLog) batch.Upsert(key, Vector(key), Fields(key));
                }

                batch.Commit();
            }

            numbers.PublishAttachment("squares", FileKind.Statistics, writer =>
            {
                writer.BeginSection("SQRS");
                writer.Write<int>(Enumerable.Range(0, 1_000).Select(i => i * i).ToArray());
            }, "fixture");
            CopyFolder(work, target); // while it is open: closing it would seal what is in the log
        }

        Directory.Delete(work, recursive: true);
    }

    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "lock")) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (string folder in Directory.GetDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
