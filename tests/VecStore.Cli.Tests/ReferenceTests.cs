using System.Text.Json;

namespace VecStore.Cli.Tests;

/// <summary>The main job on real input: 120,000 words, held to gensim's answers.</summary>
public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public void The_120_000_words_answer_as_gensim_does_whichever_file_they_came_from()
    {
        string npy = SharedWords.Npy;
        using var folder = new TestFolder();
        WordFiles words = SharedWords.Read();
        string[][] sources = [[npy, "--keys", SharedWords.Vocabulary], [words.WriteGloVe(folder["glove.txt"])], [words.WriteWord2VecBinary(folder["words.bin"])]];
        for (int i = 0; i < sources.Length; i++)
        {
            // What is compared is exact: a thin graph saves the test a minute.
            string store = folder[$"store{i}"];
            JsonElement import = Cli.OkJson(["import", .. sources[i], "--into", store, "--collection", "words", "--m", "4", "--ef-construction", "16"]);
            output.WriteLine($"{import.GetProperty("format").GetString()}: {import.GetProperty("rows_per_second_read").GetDouble():N0} rows/s read");
            Assert.Equal(120_000, import.GetProperty("rows_imported").GetInt64());
            Neighbours_agree(store);
            Analogies_agree(store);
        }

        The_Google_analogies_agree(folder["store0"]);
    }

    private static void Neighbours_agree(string store)
    {
        JsonElement reference = SharedWords.Reference("gensim_reference.json").GetProperty("top10_neighbours_120k");
        foreach (JsonProperty word in reference.EnumerateObject())
        {
            JsonElement found = Cli.OkJson("search", "--like", word.Name, "-k", "10", "--exact", "--store", store).GetProperty("neighbors");
            Agree(word.Value, found, "score");
        }

        Assert.Equal(20, reference.EnumerateObject().Count());
    }

    private static void Analogies_agree(string store)
    {
        foreach (JsonElement analogy in SharedWords.Reference("gensim_reference.json").GetProperty("analogy_top5_120k").EnumerateArray())
        {
            string expression = $"{analogy.GetProperty("b")} - {analogy.GetProperty("a")} + {analogy.GetProperty("c")}";
            Agree(analogy.GetProperty("top5"), Cli.OkJson("analogy", expression, "-k", "5", "--store", store).GetProperty("answers"), "cosine");
        }
    }

    private static void Agree(JsonElement expected, JsonElement found, string score)
    {
        Assert.Equal(expected.EnumerateArray().Select(pair => pair[0].GetString()), found.EnumerateArray().Select(row => row.GetProperty("key").GetString()));
        foreach ((JsonElement pair, JsonElement row) in expected.EnumerateArray().Zip(found.EnumerateArray()))
            Assert.InRange(row.GetProperty(score).GetDouble() - pair[1].GetDouble(), -1e-4, 1e-4);
    }

    private void The_Google_analogies_agree(string store)
    {
        JsonElement result = Cli.OkJson("evaluate", "analogies", SharedWords.Questions, "--restrict", "30000", "--store", store, "--collection", "words");
        output.WriteLine($"the Google analogies: {result.GetProperty("seconds").GetDouble():0.00} s");
        JsonElement overall = result.GetProperty("overall");
        Assert.Equal(15_276, overall.GetProperty("in_vocab").GetInt32());
        Assert.Equal(10_032, overall.GetProperty("correct_3cosadd").GetInt32());
        JsonElement reference = SharedWords.Reference("analogy_google.json").GetProperty("restrict_30000");
        JsonElement[] expected = [.. reference.GetProperty("sections").EnumerateArray()];
        JsonElement[] found = [.. result.GetProperty("sections").EnumerateArray()];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            foreach (JsonProperty figure in expected[i].EnumerateObject())
            {
                JsonElement value = found[i].GetProperty(figure.Name);
                if (figure.Name.StartsWith("acc", StringComparison.Ordinal)) Assert.Equal(figure.Value.GetDouble(), value.GetDouble(), 12);
                else Assert.Equal(figure.Value.ToString(), value.ToString());
            }
        }
    }
}
