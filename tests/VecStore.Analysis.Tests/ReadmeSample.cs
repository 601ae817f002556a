using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;

namespace VecStore.Analysis.Tests;

/// <summary>Tests that need a working folder of the whole process run alone.</summary>
[CollectionDefinition(nameof(WorkingFolder), DisableParallelization = true)]
public sealed class WorkingFolder;

/// <summary>The program of the library's README, run on the sample's words; the text between the marks is the text in the README.</summary>
[Collection(nameof(WorkingFolder))]
public sealed class ReadmeSample : IDisposable
{
    private readonly string before = Environment.CurrentDirectory;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vecstore-analysis-readme-");

    [Fact]
    public void The_program_in_the_readme_is_the_one_that_runs()
    {
        string readme = File.ReadAllText(Path.Combine(Checkout.Root, "src/VecStore.Analysis/README.md"));
        string shown = Regex.Match(readme, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        string source = File.ReadAllText(Path.Combine(Checkout.Root, "tests/VecStore.Analysis.Tests/ReadmeSample.cs"));
        string run = Regex.Match(source, "// begin\n(.*?) *// end\n", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(Plain(shown[shown.IndexOf("using VectorStore store", StringComparison.Ordinal)..shown.IndexOf("sealed class EigenvalueRow", StringComparison.Ordinal)]), Plain(run));
    }

    [Fact]
    public void The_program_in_the_readme_runs()
    {
        string sample = Path.Combine(Checkout.Root, "tools/VecStore.Cli/Sample");
        string[] keys = File.ReadAllLines(Path.Combine(sample, "glove-20k.vocab.txt"));
        byte[] file = File.ReadAllBytes(Path.Combine(sample, "glove-20k-100d-f16.npy"));
        int at = 10 + BitConverter.ToUInt16(file, 8); // .npy version 1
        using (VectorStore made = VectorStore.Open(Path.Combine(folder.FullName, "words.vecstore"), new() { CreateIfMissing = true, Durability = Durability.Os }))
        using (BulkLoad load = made.OpenOrCreate("words", new(100) { KeyKind = KeyKind.String }).BeginBulkLoad())
        {
            float[] row = new float[100];
            for (int i = 0; i < 5_000; i++)
            {
                for (int k = 0; k < row.Length; k++) row[k] = (float)BitConverter.ToHalf(file, at + 2 * (100 * i + k));
                load.Append(keys[i], row);
            }
            load.Publish();
        }
        Environment.CurrentDirectory = folder.FullName;
        using StringWriter output = new();
        (EigenvalueRow[] largest, ProjectionResult ends, string json) = Run(output);
        Assert.Matches("^queen\nheld-out AUC [01]\\.\\d\\d, p = 0\\.0", output.ToString().ReplaceLineEndings("\n"));
        Assert.Equal([1, 2, 3], largest.Select(eigenvalue => eigenvalue.Rank));
        Assert.True(largest[0].Eigenvalue > largest[1].Eigenvalue && largest[2].Eigenvalue > 0);
        Assert.Equal(5_000, ends.RowsSeen);
        Assert.Contains("\"eigenvalues\"", json, StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText("spectrum.svg"), StringComparison.Ordinal);
        Assert.Equal(101, File.ReadAllLines("eigenvalues.csv").Length);
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = before;
        folder.Delete(recursive: true);
    }

    private static (EigenvalueRow[] Largest, ProjectionResult Ends, string Json) Run(StringWriter Console)
    {
        // begin
        using VectorStore store = VectorStore.Open("words.vecstore");
        using Snapshot words = store["words"].TakeSnapshot();

        AnalogyResult queen = words.SolveAnalogy(from: "man", to: "king", of: "woman");
        Console.WriteLine(queen.Answers[0].Key);

        PairDirectionResult gender = words.LearnDirection([("man", "woman"), ("king", "queen"), ("father", "mother"), ("brother", "sister"), ("son", "daughter"), ("he", "she")]);
        Console.WriteLine($"held-out AUC {gender.HeldOutArea:F2}, p = {gender.AgainstRandomSigns.PValue:G2} ({gender.AgainstRandomSigns.Null})");
        ProjectionResult ends = words.Project(gender.Vector);

        SpectrumReport spectrum = words.Spectrum(new() { FirstRank = 11, LastRank = 90, BootstrapDraws = 10 });
        File.WriteAllText("spectrum.svg", spectrum.Plot().ToSvg());

        using StreamWriter csv = new("eigenvalues.csv"); // every result: a CSV,
        spectrum.WriteCsv(csv, "eigenvalues");
        using DbDataReader reader = spectrum.CreateReader("eigenvalues"); // a DbDataReader: for Dapper as here, or DataFrame.LoadFrom(reader)
        EigenvalueRow[] largest = [.. reader.Parse<EigenvalueRow>().Take(3)];
        string json = spectrum.ToJson(); // and JSON
        // end
        csv.Flush();
        return (largest, ends, json);
    }

    private static string Plain(string code) => Regex.Replace(code, "\\s+", " ").Trim();

    private sealed class EigenvalueRow
    {
        public int Rank { get; set; }

        public double Eigenvalue { get; set; }
    }
}
