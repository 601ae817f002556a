using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using VecStore.Analysis;

namespace VecStore.Cli.Tests.Commands;

/// <summary>The commands on spaces: each gives the library's figures, in every form; two processes give those of one.</summary>
public sealed class SpaceCommandTests(SampleStore sample)
{
    private static readonly string[] Capitals = ["france paris", "germany berlin", "spain madrid", "russia moscow", "japan tokyo", "egypt cairo", "italy rome"];
    private static readonly string[] Genders = ["man woman", "king queen", "father mother", "brother sister", "son daughter", "he she"];

    [Fact]
    public void The_README_names_every_property_of_every_document()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["capital.txt"], Capitals);
        File.WriteAllLines(folder["gender.txt"], Genders);
        File.WriteAllLines(folder["few.txt"], File.ReadLines(WordFiles.SamplePath("glove-20k.vocab.txt")).Take(300));
        string labelled = folder["labelled.csv"];
        File.WriteAllText(labelled, "key,says,v1,v2\n" + string.Concat(Enumerable.Range(0, 30).Select(i => string.Create(CultureInfo.InvariantCulture, $"k{i},{(i * 7 % 30 > 14 ? 1 : 0)},{i},{i % 4}\n"))));
        File.WriteAllText(folder["labelled.txt"], "k0 k9\nk1 k12\nk4 k20\n");
        string[][] commands =
        [
            ["pca", "--store", sample.Path, "--components", "3", "--restrict", "500"],
            ["pca", "--store", sample.Path, "--shard", "1/1", "--partial-out", folder["p"]],
            ["spectrum", "--store", sample.Path, "--restrict", "500", "--bootstrap", "2", "--controls", "2"],
            ["spectrum", "--store", sample.Path, "--collections", "words,words", "--restrict", "300", "--bootstrap", "2", "--controls", "2"],
            ["spectrum", "--store", sample.Path, "--shard", "1/1", "--partial-out", folder["p"]],
            ["entropy", "--store", sample.Path, "--sample", "150", "--draws", "2", "--components", "20"],
            ["subspace", "--store", sample.Path, "--restrict", "500", "--against-keys", folder["few.txt"], "--sample", "300"],
            ["compare-spaces", "words", "--store", sample.Path, "--restrict", "300", "--pairs", "100", "--draws", "3"],
            ["linear-test", folder["capital.txt"], folder["gender.txt"], "--store", sample.Path, "--metric", "whitened", "--align", "words", "--draws", "9"],
            ["relations", folder["capital.txt"], folder["gender.txt"], "--store", sample.Path, "--pairs", "4", "--folds", "2", "--draws", "2"],
            ["study", "linear-origins", "--store", folder["origins"], "--concepts", "3", "--steps", "300"],
        ];
        foreach (string[] command in commands)
        {
            DocumentedJson.Of(command);
            Assert.Contains(Cli.Ok(command).Out.Split('\n'), line => line.StartsWith("  ", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal)); // for people
        }
    }

    [Fact]
    public void Rows_that_fill_no_space_have_no_components_and_no_power_law()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["same.csv"], "key,v1,v2,v3,v4\na,1,2,3,4\nb,1,2,3,4\nc,1,2,3,4\nd,1,2,3,4\ne,1,2,3,4\nf,1,2,3,4\n");
        File.WriteAllText(folder["line.csv"], "key,v1,v2,v3,v4\na,1,2,3,4\nb,2,4,6,8\nc,3,6,9,12\nd,5,10,15,20\ne,7,14,21,28\nf,8,16,24,32\n");
        foreach (string name in new[] { "same", "line" }) Cli.Ok("import", folder[$"{name}.csv"], "--key-column", "key", "--into", folder["s.vecstore"], "--collection", name);
        string[] store = ["--store", folder["s.vecstore"], "--collection"];
        Cli.IsOneLine(Cli.Run(["pca", .. store, "same"]), 2, "The rows are all alike");
        Cli.IsOneLine(Cli.Run(["pca", .. store, "line", "--metric", "cosine"]), 2, "The rows are all alike");
        Cli.IsOneLine(Cli.Run(["odd-one-out", "a", "b", "d", .. store, "line"]), 2, "none is the odd one");
        Cli.IsOneLine(Cli.Run(["spectrum", .. store, "line", "--fit", "1..3"]), 2, "is 0, but for rounding");
        Assert.Equal(1, Cli.OkJson(["pca", .. store, "line"]).GetProperty("components")[0].GetProperty("explained").GetDouble(), 1e-6);
    }

    [Fact]
    public void Two_spaces_are_drawn_pair_by_pair()
    {
        using var folder = new TestFolder();
        Cli.Ok("compare-spaces", "words", "--store", sample.Path, "--restrict", "300", "--pairs", "100", "--draws", "3", "--metric", "cosine", "--plot", folder["pairs.svg"]);
        (double X, double Y)[] points = [.. XDocument.Load(folder["pairs.svg"]).Descendants().Where(element => element.Name.LocalName == "circle")
            .Select(circle => (double.Parse(circle.Attribute("cx")!.Value, CultureInfo.InvariantCulture), double.Parse(circle.Attribute("cy")!.Value, CultureInfo.InvariantCulture))).OrderBy(point => point.Item1)];
        Assert.Equal(100, points.Length);
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.Second.Y <= pair.First.Y)); // the same space twice: a straight line upwards
    }

    [Fact]
    public void A_cache_changes_no_bit_and_is_filled_once()
    {
        using var folder = new TestFolder();
        foreach (string[] command in new string[][]
            { ["spectrum", "--bootstrap", "2", "--controls", "2", "--metric", "whitened"], ["subspace", "--sample", "0"], ["pca", "--restrict", "3000"], ["pca", "--randomized", "--components", "2"] })
        {
            string[] asked = [.. command, "--store", sample.Path, "--json"];
            string plain = Cli.Ok(asked).Out;
            Assert.Equal(plain, Cli.Ok([.. asked, "--cache", folder["cache"]]).Out);
            string[] kept = Directory.GetFiles(folder["cache"]);
            Assert.NotEmpty(kept);
            DateTime[] written = [.. kept.Select(File.GetLastWriteTimeUtc)];
            Assert.Equal(plain, Cli.Ok([.. asked, "--cache", folder["cache"]]).Out);
            Assert.Equal(kept, Directory.GetFiles(folder["cache"]));
            Assert.Equal(written, kept.Select(File.GetLastWriteTimeUtc));
        }
    }

    [Fact]
    public void A_spectrum_is_the_library_s_in_JSON_CSV_and_picture_whatever_the_threads()
    {
        using var folder = new TestFolder();
        string[] command = ["spectrum", "--store", sample.Path, "--fit", "11..90", "--bootstrap", "3", "--controls", "4", "--restrict", "2000", "--seed", "5"];
        string[] answers = [.. new[] { "1", "2", "7" }.Select(threads => Cli.Ok([.. command, "--threads", threads, "--json"]).Out)];
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(answers[0]);

        using VectorStore store = VectorStore.Open(sample.Path, new StoreOptions { ReadOnly = true });
        using Snapshot snapshot = store["words"].TakeSnapshot();
        SpectrumReport report = snapshot.Spectrum(new() { FirstRank = 11, LastRank = 90, BootstrapDraws = 3, ControlDraws = 4, Seed = 5 }, new() { First = 2_000 });
        Assert.Equal(2_000, json.GetProperty("rows_seen").GetInt64());
        Assert.Equal(report.Fit.Alpha, json.GetProperty("fit").GetProperty("alpha").GetDouble());
        Assert.Equal(report.Slope!.Low, json.GetProperty("slope_interval").GetProperty("low").GetDouble());
        Assert.Equal(report.AlphaAgainstGaussian.PValue, json.GetProperty("alpha_against_gaussian").GetProperty("p").GetDouble());
        JsonElement[] eigenvalues = [.. json.GetProperty("eigenvalues").EnumerateArray()];
        Assert.Equal(report.Spectrum.Eigenvalues, eigenvalues.Select(value => value.GetProperty("eigenvalue").GetDouble()));
        Assert.Equal(JsonValueKind.Null, eigenvalues[9].GetProperty("fitted").ValueKind); // rank 10 is outside
        Assert.Equal(report.Fit.At(11), eigenvalues[10].GetProperty("fitted").GetDouble());
        // The controls have the rows' variance.
        Assert.Equal(report.Spectrum.Trace, eigenvalues.Sum(value => value.GetProperty("gaussian").GetDouble()), 0.02 * report.Spectrum.Trace);
        Assert.Equal(report.Spectrum.Trace, eigenvalues.Sum(value => value.GetProperty("marchenko_pastur").GetDouble()), 0.02 * report.Spectrum.Trace);

        Cli.Ok([.. command, "--csv", folder["s.csv"], "--plot", folder["s.svg"]]);
        string[] lines = File.ReadAllLines(folder["s.csv"]);
        Assert.Equal("rank,eigenvalue,cumulated,fitted,gaussian,marchenko_pastur", lines[0]);
        Assert.Equal(101, lines.Length);
        string svg = File.ReadAllText(folder["s.svg"]);
        foreach (string part in new[] { "<svg", "Marchenko-Pastur", "Gaussian rows", "ranks 11 to 90", "rank", "eigenvalue" }) Assert.Contains(part, svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_processes_with_half_of_the_rows_each_give_the_bits_of_one()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(1_500);
        using (VectorStore store = VectorStore.Open(folder["s"], new() { CreateIfMissing = true, GraphMinRows = int.MaxValue }))
        {
            VectorCollection collection = store.Create("words", new(100) { KeyKind = KeyKind.String });
            for (int first = 0; first < 1_500; first += 500) // three segments: three chunks
            {
                using WriteBatch batch = collection.BeginWrite();
                for (int i = first; i < first + 500; i++) batch.Upsert(words.Words[i], words.Row(i).ToArray());
                batch.Commit();
                collection.Seal();
            }
        }

        Process[] halves = [.. new[] { 1, 2 }.Select(half => Start("spectrum", "--store", folder["s"], "--shard", $"{half}/2", "--partial-out", folder[$"p{half}"], "--threads", $"{half}"))];
        foreach (Process process in halves)
        {
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            process.Dispose();
        }

        string[] command = ["--store", folder["s"], "--bootstrap", "2", "--controls", "2", "--json"];
        string alone = Cli.Ok(["spectrum", .. command]).Out;
        Assert.Equal(alone, Cli.Ok(["spectrum", .. command, "--partials", folder["p2"], folder["p1"]]).Out);
        Assert.Equal(alone, Cli.Ok(["spectrum", .. command, "--partials", folder["p1"], folder["p2"]]).Out);
        Assert.Equal(Cli.Ok("pca", "--store", folder["s"], "--json").Out, Cli.Ok("pca", "--store", folder["s"], "--partials", folder["p1"], folder["p2"], "--json").Out);

        Cli.IsOneLine(Cli.Run("spectrum", "--store", folder["s"], "--partials", folder["p1"]), 2, "The parts have 500 of 1500 rows");
        Cli.IsOneLine(Cli.Run("spectrum", "--store", folder["s"], "--partials", folder["p1"], folder["p1"]), 2, "in both parts");
        Cli.IsOneLine(Cli.Run("spectrum", "--store", folder["s"], "--partials", folder["p1"], folder["p2"], "--restrict", "700"), 2, "the rows asked are 700 x 100");
        Cli.IsOneLine(Cli.Run("pca", "--store", folder["s"], "--partials", folder["p1"], folder["p2"], "--metric", "cosine"), 2, "--metric is not possible");
        byte[] bytes = File.ReadAllBytes(folder["p1"]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(folder["p1"], bytes);
        Cli.IsOneLine(Cli.Run("spectrum", "--store", folder["s"], "--partials", folder["p1"], folder["p2"]), 2, $"{folder["p1"]}: the file of partial statistics is damaged");
    }

    [Theory]
    [InlineData("pca --components 4 --restrict 900")]
    [InlineData("pca --components 4 --restrict 900 --randomized --metric cosine")]
    [InlineData("entropy --sample 200 --components 30 --draws 2")]
    [InlineData("subspace --restrict 900 --sample 300 --metric whitened")]
    [InlineData("compare-spaces words --pairs 200 --draws 3 --restrict 900")]
    [InlineData("spectrum --collections words,words --restrict 400 --bootstrap 2 --controls 2")]
    public void The_answer_has_the_same_bits_for_1_2_and_7_threads(string typed)
        => Assert.Single(new[] { "1", "2", "7" }.Select(threads => Cli.Ok([.. typed.Split(' '), "--store", sample.Path, "--threads", threads, "--json"]).Out).Distinct());

    [Fact]
    public void Coordinates_are_written_for_every_row()
    {
        using var folder = new TestFolder();
        JsonElement json = Cli.OkJson("pca", "--store", sample.Path, "--components", "5", "--coordinates", folder["c.csv"], "--plot", folder["c.svg"]);
        string[] lines = File.ReadAllLines(folder["c.csv"]);
        Assert.Equal("key,component_1,component_2,component_3", lines[0]);
        Assert.Equal(4_001, lines.Length);
        double[][] coordinates = [.. lines.Skip(1).Select(line => line.Split(',').TakeLast(3).Select(x => double.Parse(x, CultureInfo.InvariantCulture)).ToArray())];
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(0, coordinates.Average(row => row[c]), 1e-4);
            Assert.Equal(json.GetProperty("components")[c].GetProperty("variance").GetDouble(), coordinates.Sum(row => row[c] * row[c]) / 3_999, 1e-4);
        }

        Assert.Contains("component 2", File.ReadAllText(folder["c.svg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Concepts_of_the_sample_are_linear_and_relations_parallel()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["capital.txt"], Capitals);
        File.WriteAllText(folder["gender.json"], "[" + string.Join(',', Genders.Select(pair => $"{{\"input\": \"{pair.Split(' ')[0]}\", \"output\": \"{pair.Split(' ')[1]}\"}}")) + "]");
        JsonElement json = Cli.OkJson("linear-test", folder["capital.txt"], folder["gender.json"], "--store", sample.Path, "--metric", "whitened", "--ridge", "0.1", "--align", "words", "--plot", folder["l.svg"]);
        foreach (string table in new[] { "concepts", "causal_concepts" })
        {
            foreach (JsonElement concept in json.GetProperty(table).EnumerateArray())
            {
                Assert.InRange(concept.GetProperty("within_cosine").GetDouble(), 0.4, 1);
                Assert.InRange(concept.GetProperty("null_mean").GetDouble(), -0.05, 0.05);
                Assert.Equal(0.005, concept.GetProperty("p").GetDouble(), 1e-12);
            }
        }

        Assert.Equal(1, json.GetProperty("alignment").GetProperty("observed").GetDouble(), 1e-9); // the space with itself
        JsonElement relations = Cli.OkJson("relations", folder["capital.txt"], folder["gender.json"], "--store", sample.Path, "--pairs", "4", "--folds", "3");
        Assert.Equal(["capital", "gender"], relations.GetProperty("relations").EnumerateArray().Select(relation => relation.GetProperty("relation").GetString()));
        Assert.True(relations.GetProperty("relations")[0].GetProperty("raw").GetDouble() > relations.GetProperty("between").GetProperty("raw").GetDouble() + 0.3);
    }

    [Fact]
    public void Origins_go_into_two_collections_and_a_run_that_does_not_converge_says_so()
    {
        using var folder = new TestFolder();
        JsonElement json = Cli.OkJson("study", "linear-origins", "--store", folder["s"], "--concepts", "3");
        Assert.True(json.GetProperty("converged").GetBoolean());
        Assert.InRange(json.GetProperty("unembedding_within_cosine").GetDouble(), 0.98, 1);
        Assert.InRange(json.GetProperty("alignment").GetProperty("observed").GetDouble(), 0.98, 1);
        Assert.Equal(json.GetProperty("loss").GetDouble() - json.GetProperty("least_loss").GetDouble(), json.GetProperty("divergence").GetDouble(), 1e-12);
        Assert.Equal(["linear-origins-embeddings", "linear-origins-unembeddings"],
            Cli.OkJson("info", folder["s"]).GetProperty("collections").EnumerateArray().Select(collection => collection.GetProperty("collection").GetString()).Order());
        CliResult early = Cli.Ok("study", "linear-origins", "--store", folder["s"], "--concepts", "4", "--steps", "30");
        Assert.Contains("did not converge", early.Error, StringComparison.Ordinal);
        Assert.Contains("converged: no", early.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spectrum --fit 11-90 --store S", "--fit 11-90 is not possible")]
    [InlineData("spectrum --fit 11..150 --store S", "ranks 11..150 of 100")]
    [InlineData("spectrum --fit 0..9 --store S", "--fit 0..9 is not possible")]
    [InlineData("spectrum --collections words,wrods --store S", "no collection \"wrods\"")]
    [InlineData("spectrum --collections words --collection words --store S", "not both at once")]
    [InlineData("spectrum --shard 1/2 --store S", "belong together")]
    [InlineData("spectrum --shard 3/2 --partial-out p --store S", "--shard 3/2 is not possible")]
    [InlineData("spectrum --partials /no/file --store S", "There is no file /no/file")]
    [InlineData("spectrum --plot /no/folder/s.svg --store S", "There is no folder /no/folder")]
    [InlineData("spectrum --restrict 5 --ridge 1 --store S", "--metric whitened only")]
    [InlineData("pca --components 0 --store S", "--components 0 is not possible")]
    [InlineData("pca --restrict 1 --store S", "1 rows have no principal components")]
    [InlineData("pca --randomized --shard 1/2 --partial-out p --store S", "--randomized makes no covariance")]
    [InlineData("entropy --sample 50 --store S", "50 rows are too few for 100 components")]
    [InlineData("subspace --restrict 1 --store S", "two are needed")]
    [InlineData("subspace --against size>3 --store S", "0 rows of the second group")]
    [InlineData("compare-spaces other --store S", "no collection \"other\"")]
    [InlineData("compare-spaces --store S", "SECOND")]
    [InlineData("linear-test --store S", "FILE")]
    [InlineData("linear-test /no/file --store S", "There is no file /no/file")]
    [InlineData("relations /no/file.json --store S", "There is no file /no/file.json")]
    [InlineData("study", "study needs one of: linear-origins")]
    [InlineData("study linear-origins --concepts 1 --store T", "--concepts 1 is not possible")]
    [InlineData("study linear-origins", "Which store?")]
    public void A_mistake_is_one_line_and_exit_code_2(string typed, string says)
        => Cli.IsOneLine(Cli.Run([.. typed.Split(' ').Select(part => part == "S" ? sample.Path : part)]), 2, says);

    [Fact]
    public void Concepts_without_rows_and_files_that_are_no_pairs_are_named()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["none.txt"], "qqqq wwww\nking queen\n");
        Cli.IsOneLine(Cli.Run("linear-test", folder["none.txt"], "--store", sample.Path), 2, "the concept none has 1 of 2 pairs");
        Cli.IsOneLine(Cli.Run("relations", folder["none.txt"], "--store", sample.Path), 2, "two are needed");
        File.WriteAllText(folder["bad.json"], "{\"a\": 1}");
        Cli.IsOneLine(Cli.Run("relations", folder["bad.json"], "--store", sample.Path), 2, "is no JSON of pairs");
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "VecStore.Cli.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
