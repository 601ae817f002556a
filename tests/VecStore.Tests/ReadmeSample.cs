using System.Text.RegularExpressions;
using static VecStore.Filter;

namespace VecStore.Tests;

/// <summary>The README's program, run; the text between the marks is the text in the README.</summary>
public sealed class ReadmeSample : IDisposable
{
    private readonly string _before = Environment.CurrentDirectory;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vecstore-readme-");

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_program_in_the_readme_runs()
    {
        Environment.CurrentDirectory = _folder.FullName;
        using var output = new StringWriter();
        Run(output);
        Assert.Matches("^42: 0\\.9\\d+\n43: 0\\.\\d+\n1 found; Exact, ", output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_program_in_the_readme_is_the_one_that_runs()
    {
        string readme = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));
        string shown = Regex.Match(readme, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        string source = File.ReadAllText(Path.Combine(Checkout.Root, "tests/VecStore.Tests/ReadmeSample.cs"));
        string run = Regex.Match(source, "// begin\n(.*?) *// end\n", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(Plain(shown[shown.IndexOf("using VectorStore store", StringComparison.Ordinal)..]), Plain(run));
    }

    private static void Run(StringWriter Console)
    {
        // begin
        using VectorStore store = VectorStore.Open("notes.vecstore", new() { CreateIfMissing = true });
        VectorCollection notes = store.OpenOrCreate("notes", new(Dimension: 4)
        {
            Metric = Metric.Cosine,
            Fields = [new("title", FieldType.String), new("year", FieldType.Int64)],
        });

        using (WriteBatch batch = notes.BeginWrite())
        {
            batch.Upsert(key: 42, [0.1f, 0.9f, 0.2f, 0.0f], new() { ["title"] = "meeting notes", ["year"] = 2026 });
            batch.Upsert(key: 43, [0.8f, 0.1f, 0.1f, 0.3f], new() { ["title"] = "shopping list", ["year"] = 2019 });
            batch.Delete(key: 17);
            batch.Commit(); // durable when it returns
        }

        Span<Neighbor> nearest = stackalloc Neighbor[10];
        int found = notes.Search([0.1f, 0.8f, 0.1f, 0.1f], nearest); // synchronous, allocates nothing
        foreach (Neighbor neighbor in nearest[..found]) Console.WriteLine($"{neighbor.Key}: {neighbor.Score:F3}");

        var recent = new SearchOptions { Filter = Field("year") >= 2020 & Field("title").StartsWith("meeting") };
        found = notes.Search([0.1f, 0.8f, 0.1f, 0.1f], nearest, recent, out SearchReport report);
        Console.WriteLine($"{found} found; {report}"); // says Exact or Approximate, rows visited, and why fewer were found
        // end
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
