using System.Text.Json;

namespace VecStore.Cli.Tests.Importing;

public sealed class SameAnswersTests
{
    [Fact]
    public void Npy_with_vocabulary_GloVe_text_and_word2vec_binary_give_the_same_answers()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(3_000);
        string[][] sources =
        [
            [words.WriteNpy(folder["w.npy"]), "--keys", words.WriteKeys(folder["w.keys"])],
            [words.WriteGloVe(folder["glove.dat"])],
            [words.WriteWord2VecBinary(folder["w2v.dat"])],
        ];
        string[] formats = ["npy", "glove", "word2vec-binary"];
        var answers = new List<string>();
        for (int i = 0; i < sources.Length; i++)
        {
            string store = folder[$"store{i}"];
            JsonElement import = Cli.OkJson(["import", .. sources[i], "--into", store, "--collection", "words"]);
            Assert.Equal(formats[i], import.GetProperty("format").GetString());
            Assert.Equal(3_000, import.GetProperty("rows_imported").GetInt64());
            Assert.Equal("string", import.GetProperty("key_kind").GetString());
            answers.Add(Answers(store));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    private static string Answers(string store)
    {
        IEnumerable<string> exact = new[] { "king", "paris", "two" }.Select(word => Cli.OkJson("search", "--like", word, "--exact", "--store", store).GetProperty("neighbors").ToString());
        IEnumerable<string> graph = new[] { "king", "water" }.Select(word => Cli.OkJson("search", "--like", word, "--store", store).GetProperty("neighbors").ToString());
        string analogy = Cli.OkJson("analogy", "king - man + woman", "--store", store).GetProperty("answers").ToString();
        return string.Join('\n', [.. exact, .. graph, analogy]);
    }
}
