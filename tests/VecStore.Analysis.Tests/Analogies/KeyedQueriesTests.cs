using System.Text.Json;

namespace VecStore.Analysis.Tests.Analogies;

public sealed class KeyedQueriesTests
{
    [Fact]
    public void Similarities_and_the_odd_one_out_are_those_of_gensim()
    {
        JsonElement reference = SharedData.Reference("gensim_reference.json");
        MemoryRows words = SharedData.Words();
        int compared = 0;
        foreach (JsonProperty pair in reference.GetProperty("cosine_similarity").EnumerateObject())
        {
            string[] keys = pair.Name.Split('|');
            if (!words.TryFind(keys[0], out _) || !words.TryFind(keys[1], out _)) continue; // gensim had a longer file
            Assert.Equal(pair.Value.GetDouble(), words.Similarity(keys[0], keys[1]), 1e-6);
            compared++;
        }
        Assert.True(compared >= 9);
        Assert.Equal(reference.GetProperty("doesnt_match").GetString(), words.OddOneOut(["breakfast", "cereal", "dinner", "lunch"])[0].Key);
    }

    [Fact]
    public void Neighbours_of_the_twenty_words_are_those_of_gensim()
    {
        JsonElement reference = SharedData.Reference("gensim_reference.json").GetProperty("top10_neighbours_120k");
        MemoryRows words = SharedData.Words();
        (string Word, JsonElement Expected)[] asked = [.. reference.EnumerateObject().Select(word => (word.Name, word.Value))];
        float[][] vectors = [.. asked.Select(word => VectorExpression.Key(word.Word).Evaluate(new RowResolver(words, unitLength: false)))];
        ScoredKey[][] near = NearestRows.Find(words, vectors, new() { Count = 11 });
        for (int w = 0; w < asked.Length; w++)
        {
            Assert.Equal(asked[w].Word, near[w][0].Key);
            foreach ((JsonElement expected, ScoredKey ours) in asked[w].Expected.EnumerateArray().Zip(near[w].Skip(1)))
            {
                Assert.Equal(expected[0].GetString(), ours.Key);
                Assert.Equal(expected[1].GetDouble(), ours.Score, 1e-5);
            }
        }
    }

    [Fact]
    public void Rank_closer_than_and_relative_cosine_agree_with_each_other()
    {
        MemoryRows words = SharedData.Words(30_000);
        IReadOnlyList<ScoredKey> closer = words.CloserThan("king", than: "throne");
        Assert.Equal(["prince", "queen", "son", "brother", "monarch"], closer.Select(item => item.Key));
        Assert.Equal(6, words.Rank("throne", of: "king"));
        Assert.Equal(1, words.Rank("prince", of: "king"));
        double sum = NearestRows.Find(words, [VectorExpression.Key("king").Evaluate(new RowResolver(words, true))], new() { Except = ["king"] })[0].Sum(item => item.Score);
        Assert.Equal(words.Similarity("king", "queen") / sum, words.RelativeCosine("king", "queen"), 1e-6);
        Assert.Equal(words.Similarity("king", "queen"), words.Similarity(["king"], ["queen"]), 1e-12);
    }

    [Fact]
    public void A_path_begins_and_ends_near_its_ends()
    {
        MemoryRows words = SharedData.Words(30_000);
        IReadOnlyList<IReadOnlyList<ScoredKey>> path = words.Path("king", "france", 5);
        Assert.Equal(5, path.Count);
        Assert.Equal("prince", path[0][0].Key);
        Assert.Equal("belgium", path[^1][0].Key);
    }

    [Fact]
    public void Class_and_nearness_together_find_the_capital()
    {
        MemoryRows words = SharedData.Words(30_000);
        (string, string)[] pairs = [("france", "paris"), ("germany", "berlin"), ("spain", "madrid"), ("russia", "moscow"), ("japan", "tokyo"), ("egypt", "cairo"), ("greece", "athens")];
        IReadOnlyList<ScoredKey> answers = LogisticAnalogy.Solve(words, pairs, "italy", new());
        Assert.Equal("rome", answers[0].Key);
    }

    [Theory]
    [InlineData(AnalogyMethod.ThreeCosAvg)]
    [InlineData(AnalogyMethod.LogisticCosine)]
    public void An_evaluation_learns_from_the_other_pairs_of_the_section_as_single_questions_do(AnalogyMethod method)
    {
        MemoryRows words = SharedData.Words(10_000);
        (string From, string To)[] pairs = [("france", "paris"), ("germany", "berlin"), ("spain", "madrid"), ("russia", "moscow"), ("japan", "tokyo"), ("egypt", "cairo")];
        string text = ": capitals\n" + string.Concat(pairs.Select((c, i) => $"{pairs[(i + 1) % 6].From} {pairs[(i + 1) % 6].To} {c.From} {c.To}\n"));
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(new StringReader(text), "test");
        AnalogyEvaluationResult once = AnalogyEvaluation.Run(words, questions, new() { Methods = [method], KeepAnswers = true, Threads = 1 });
        for (int i = 0; i < pairs.Length; i++)
        {
            AnalogyResult single = AnalogySolver.SolveFromPairs(words, [.. pairs.Where((_, j) => j != i)], pairs[i].From, new() { Method = method, Count = 50 });
            string[] excluded = [pairs[(i + 1) % 6].From, pairs[(i + 1) % 6].To];
            string[] ranked = [.. single.Answers.Select(answer => answer.Key).Where(key => !excluded.Contains(key))];
            Assert.Equal(ranked[0], once.Answers[i].Answer);
            Assert.Equal(Array.IndexOf(ranked, pairs[i].To) + 1, once.Answers[i].RankOfExpected);
        }
        foreach (int threads in new[] { 2, 7 })
            Assert.Equal(once.Answers, AnalogyEvaluation.Run(words, questions, new() { Methods = [method], KeepAnswers = true, Threads = threads }).Answers);
    }
}
