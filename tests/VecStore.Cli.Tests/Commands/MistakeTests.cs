using System.Buffers.Binary;

namespace VecStore.Cli.Tests.Commands;

/// <summary>Each mistake gets one line that says what is wrong and what is allowed; never a stack trace.</summary>
public sealed class MistakeTests(SampleStore sample)
{
    [Theory]
    [InlineData("search --like kingg --store S", "no row with the key \"kingg\"")]
    [InlineData("search --vector 1,2,3 --store S", "dimension 3, the collection has 100")]
    [InlineData("search --vector 1,nan,3 --store S", "Element 1 of the vector is \"nan\"")]
    [InlineData("search --lik king --store S", "\"--lik\" is no option of vecstore search. Did you mean --like?")]
    [InlineData("search --like king --frobnicate --store S", "\"--frobnicate\" is no option")]
    [InlineData("search --like king --kk 3 --store S", "\"--kk\" is no option of vecstore search. See")]
    [InlineData("export /no/folder/x.npy --store S", "There is no folder /no/folder")]
    [InlineData("serch --like king --store S", "\"serch\" is no command. Did you mean search?")]
    [InlineData("search --store S", "Near what?")]
    [InlineData("search --like king -k 0 --store S", "-k 0 is not possible: a whole number")]
    [InlineData("search --like king --exact --ef 10 --store S", "--ef has no meaning")]
    [InlineData("search --like king", "Which store?")]
    [InlineData("search --like king --store", "--store")]
    [InlineData("search --like king --store /nowhere/at/all", "There is no store at /nowhere/at/all")]
    [InlineData("search --like king --store S --collection word", "no collection \"word\"")]
    [InlineData("search --like king --fields size --store S", "no field \"size\"")]
    [InlineData("analogy king-man+wooman --store S", "\"wooman\"")]
    [InlineData("analogy king+ --store S", "the end where a key")]
    [InlineData("analogy king --method 3cosmul --store S", "needs an expression b - a + c")]
    [InlineData("analogy king --method lrcos --store S", "name their file with --pairs")]
    [InlineData("analogy king --pairs /no/file --store S", "There is no file /no/file")]
    [InlineData("analogy king-man+woman --ridge 0.1 --store S", "with --metric whitened only")]
    [InlineData("analogy king-man+woman --metric whitened --population word --store S", "no collection \"word\"")]
    [InlineData("analogy king-man+woman --metric whitened --ridge -1 --store S", "--ridge -1 is not possible: a number of at least 0")]
    [InlineData("analogy king-man+woman --csv /no/folder/x.csv --store S", "There is no folder /no/folder")]
    [InlineData("analogy king-man+woman --keys /no/keys --store S", "There is no file /no/keys")]
    [InlineData("similarity king --with queen --filter size>3 --store S", "No row of words is left by --filter")]
    [InlineData("evaluate analogies /no/file --methods cosine --store S", "There is no file")]
    [InlineData("odd-one-out king queen --store S", "at least three are needed")]
    [InlineData("odd-one-out king queen wooman --store S", "\"wooman\"")]
    [InlineData("odd-one-out king queen king --store S", "\"king\" is named 2 times")]
    [InlineData("odd-one-out king queen man --jsn --store S", "\"--jsn\" is no option of vecstore odd-one-out. Did you mean --json?")]
    [InlineData("linear-test /no/file --metrc whitened --store S", "\"--metrc\" is no option of vecstore linear-test. Did you mean --metric?")]
    [InlineData("steer king -j --along king --store S", "\"-j\" is no option")]
    [InlineData("odd-one-out king queen --store S -- --jsn", "no row with the key \"--jsn\"")]
    [InlineData("analogy King-man+woman --store S", "no row with the key \"King\" in the collection words; \"king\" there is")]
    [InlineData("analogy unit(king)-king --store S", "is the zero vector")]
    [InlineData("similarity king --store S", "Similar to what?")]
    [InlineData("similarity king --with wooman --store S", "\"wooman\"")]
    [InlineData("path king wooman --store S", "\"wooman\"")]
    [InlineData("path king woman --steps 1 --store S", "--steps 1 is not possible")]
    [InlineData("path king king --store S", "two different keys")]
    [InlineData("pca --restrict 1 --store S", "two are needed")]
    [InlineData("direction", "direction needs one of: learn, list, show")]
    [InlineData("direction show gender --store S", "no direction \"gender\" of words; none was saved")]
    [InlineData("direction learn x --store S", "From what?")]
    [InlineData("direction learn x --pairs /no/file --store S", "There is no file /no/file")]
    [InlineData("direction learn x --positive king,queen --dry-run --store S", "2 positive keys are too few; at least 5")]
    [InlineData("direction learn x --positive king,wooman --dry-run --store S", "\"wooman\"")]
    [InlineData("direction learn x --positive king,queen,man,woman,prince --restrict 5 --dry-run --store S", "\"king\"")]
    [InlineData("direction learn x --positive king --pairs /no/file --store S", "There is no file")]
    [InlineData("direction learn x --positive a --method cosine --store S", "--method cosine is not possible: mean-difference")]
    [InlineData("direction compare --store S", "0 directions cannot be compared")]
    [InlineData("project --store S", "Project on what?")]
    [InlineData("project --on gender --store S", "no direction and no key \"gender\"")]
    [InlineData("project --on king-king --store S", "is the zero vector")]
    [InlineData("project --on king --reject queen king --store S", "king lies in the span of --reject")]
    [InlineData("project --on king --reject king --metric whitened --store S", "king lies in the span of --reject")]
    [InlineData("project --on king --color rank --store S", "--color is for the points on two directions")]
    [InlineData("project --on king --group-by size --store S", "no field \"size\"")]
    [InlineData("project --on king --reject queen --into-collection x --store S", "not both")]
    [InlineData("project --on king --into-collection words --store S", "There is a collection words already")]
    [InlineData("steer king --store S", "Along what?")]
    [InlineData("steer wooman --along king --store S", "\"wooman\"")]
    [InlineData("steer king --along queen --by 1,x --store S", "--by x is not possible")]
    [InlineData("steer king --along queen --by 1e308 --store S", "beyond the largest float32")]
    [InlineData("evaluate", "evaluate needs one of: analogies")]
    [InlineData("evaluate analogies /no/file --store S", "There is no file /no/file")]
    [InlineData("import", "SOURCE")]
    [InlineData("import /no/file --into T --collection c", "There is no file /no/file")]
    [InlineData("import S --into T --collection c", "is a folder")]
    [InlineData("export S.xyz --store S", "Which format?")]
    [InlineData("delete --store S", "Delete what?")]
    [InlineData("import x --metric cosin --into T", "--metric cosin is not possible: cosine, dot, euclidean are")]
    [InlineData("info S S", "argument")]
    public void A_mistake_is_one_line_and_exit_code_2(string typed, string says)
    {
        string[] arguments = [.. typed.Split(' ').Select(part => part == "S" ? sample.Path : part.Replace("S.", sample.Path + ".", StringComparison.Ordinal))];
        CliResult result = Cli.Run(arguments);
        Cli.IsOneLine(result, 2, says);
        Assert.Single(result.ErrorLines);
    }

    [Fact]
    public void Help_is_given_however_it_is_asked_for()
    {
        Assert.Equal(Cli.Run("search", "--help").Out, Cli.Run("help", "search").Out);
        Assert.Contains("--like", Cli.Run("help", "search").Out, StringComparison.Ordinal);
        Assert.Equal(Cli.Run("--help").Out, Cli.Run("help").Out);
    }

    [Fact]
    public void A_second_writer_is_told_who_has_the_store()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(10);
        string glove = words.WriteGloVe(folder["w.txt"]);
        Cli.Ok("import", glove, "--into", folder["store"], "--collection", "words");
        using VectorStore writer = VectorStore.Open(folder["store"]);
        Cli.IsOneLine(Cli.Run("delete", "the", "--store", folder["store"]), 1, $"{Environment.ProcessId}");
        Cli.IsOneLine(Cli.Run("import", glove, "--into", folder["store"], "--collection", "other"), 1, "is open for writing by");
        Cli.Ok("search", "--like", "the", "--store", folder["store"]); // readers do not mind
    }

    [Fact]
    public void A_file_that_does_not_fit_its_collection_is_refused()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["two.txt"], "a 1 2\nb 3 4\n");
        Cli.IsOneLine(Cli.Run("import", folder["two.txt"], "--into", sample.Path, "--collection", "words"), 2, "has dimension 2, the collection words has 100");
        Cli.IsOneLine(Cli.Run("import", WordFiles.SamplePath("glove-20k-100d-f16.npy"), "--into", sample.Path, "--collection", "words"), 2, "has no keys, the collection words has string keys");
    }

    [Fact]
    public void A_truncated_npy_is_refused_with_file_and_reason()
    {
        using var folder = new TestFolder();
        string npy = WordFiles.Sample(10).WriteNpy(folder["w.npy"]);
        using (FileStream file = File.OpenWrite(npy)) file.SetLength(file.Length - 100);
        Cli.IsOneLine(Cli.Run("import", npy, "--into", folder["store"], "--collection", "words"), 2, npy);
        Assert.False(Directory.Exists(folder["store"]));
    }

    [Fact]
    public void A_safetensors_header_of_two_to_the_sixty_bytes_is_refused()
    {
        using var folder = new TestFolder();
        byte[] file = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(file, 1UL << 60);
        file[8] = (byte)'{';
        File.WriteAllBytes(folder["w.safetensors"], file);
        long before = GC.GetTotalAllocatedBytes();
        Cli.IsOneLine(Cli.Run("import", folder["w.safetensors"], "--into", folder["store"], "--collection", "words"), 2, "1,152,921,504,606,846,976");
        Assert.True(GC.GetTotalAllocatedBytes() - before < 64 << 20, "memory was taken for a header that is not there");
    }
}
