using System.Text.Json;

namespace VecStore.Analysis.Tests.Analogies;

public sealed class GoogleAnalogyTests(ITestOutputHelper output)
{
    private static readonly AnalogyMethod[] Methods =
        [AnalogyMethod.ThreeCosAdd, AnalogyMethod.ThreeCosMul, AnalogyMethod.ThreeCosAvg, AnalogyMethod.PairDirection, AnalogyMethod.NearestToB, AnalogyMethod.NearestToC];

    private static AnalogyQuestionFile Questions() => AnalogyQuestionFile.Read(Checkout.Shared("data/analogies/questions-words.txt"));

    [Fact]
    public void Every_section_equals_the_reference_in_all_four_figures()
    {
        JsonElement reference = SharedData.Reference("analogy_google.json").GetProperty("restrict_30000");
        AnalogyEvaluationResult result = AnalogyEvaluation.Run(SharedData.Words(), Questions(), new() { Restrict = 30_000, Methods = Methods });
        output.WriteLine($"{result.Total.InVocabulary} questions, {Methods.Length} methods, {result.Elapsed.TotalSeconds:F3} s");
        foreach (AnalogyFigures figures in result.Total.Figures)
            output.WriteLine($"{figures.Method}: {figures.Correct} top-5 {figures.CorrectInTopK} inputs allowed {figures.CorrectInputsAllowed}");

        Assert.Equal(14, result.Sections.Count);
        foreach ((JsonElement expected, AnalogySectionResult section) in reference.GetProperty("sections").EnumerateArray().Zip(result.Sections))
        {
            Assert.Equal(expected.GetProperty("section").GetString(), section.Name);
            Assert.Equal(expected.GetProperty("total").GetInt32(), section.Questions);
            Assert.Equal(expected.GetProperty("in_vocab").GetInt32(), section.InVocabulary);
            Assert.Equal(expected.GetProperty("correct_3cosadd").GetInt32(), section[AnalogyMethod.ThreeCosAdd].Correct);
            Assert.Equal(expected.GetProperty("top5_3cosadd").GetInt32(), section[AnalogyMethod.ThreeCosAdd].CorrectInTopK);
            Assert.Equal(expected.GetProperty("correct_3cosadd_inputs_allowed").GetInt32(), section[AnalogyMethod.ThreeCosAdd].CorrectInputsAllowed);
            Assert.Equal(expected.GetProperty("correct_3cosmul").GetInt32(), section[AnalogyMethod.ThreeCosMul].Correct);
        }
        Assert.Equal(19_544, result.Total.Questions);
        Assert.Equal(15_276, result.Total.InVocabulary);
        Assert.Equal(10_032, result.Total[AnalogyMethod.ThreeCosAdd].Correct);
        Assert.Equal(9_704, result.Total[AnalogyMethod.ThreeCosMul].Correct);
        Assert.Equal(4_096, result.Semantic[AnalogyMethod.ThreeCosAdd].Correct);
        Assert.Equal(5_936, result.Syntactic[AnalogyMethod.ThreeCosAdd].Correct);
        // The mean over a section's other pairs is a better offset than one pair; looking only near b or c answers much less.
        Assert.True(result.Total[AnalogyMethod.ThreeCosAvg].Correct > result.Total[AnalogyMethod.ThreeCosAdd].Correct);
        Assert.True(result.Total[AnalogyMethod.NearestToB].Correct < result.Total[AnalogyMethod.ThreeCosAdd].Correct / 2);
        Assert.True(result.Total[AnalogyMethod.NearestToC].Correct < result.Total[AnalogyMethod.ThreeCosAdd].Correct / 2);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void The_answers_have_the_same_bits_for_any_number_of_threads(int threads)
    {
        MemoryRows words = SharedData.Words(9_000);
        AnalogyQuestionFile questions = Questions();
        AnalogyEvaluationResult one = AnalogyEvaluation.Run(words, questions, new() { Methods = Methods, Threads = 1, KeepAnswers = true });
        AnalogyEvaluationResult many = AnalogyEvaluation.Run(words, questions, new() { Methods = Methods, Threads = threads, KeepAnswers = true });
        Assert.True(one.Answers.Count > 10_000);
        Assert.Equal(one.Answers, many.Answers);
    }

    [Theory]
    [InlineData("man", "king", "woman", "king-man+woman")]
    [InlineData("france", "paris", "italy", "paris-france+italy")]
    public void A_single_analogy_gives_the_words_and_cosines_of_gensim(string from, string to, string of, string name)
    {
        JsonElement expected = SharedData.Reference("gensim_reference.json").GetProperty("analogy_top5_restrict30000").GetProperty(name);
        AnalogyResult result = AnalogySolver.Solve(SharedData.Words(), from, to, of, new() { Restrict = 30_000 });
        Assert.Equal(expected.EnumerateArray().Select(pair => pair[0].GetString()), result.Answers.Select(answer => (string?)answer.Key));
        foreach ((JsonElement pair, ScoredKey answer) in expected.EnumerateArray().Zip(result.Answers))
            Assert.Equal(pair[1].GetDouble(), answer.Score, 1e-6);
    }
}
