namespace VecStore.Analysis.Tests.Expressions;

public sealed class VectorExpressionTests
{
    private static readonly MemoryRows Rows = new(
        new float[] { 3, 4, 1, 0, 0, 2, -1, 1, 5, 5, 7, 8 }, 2, ["king", "man", "new york", "don't", "12", "well-known"]);

    private static float[] Evaluate(string text, bool unit = false) => VectorExpression.Parse(text).Evaluate(new RowResolver(Rows, unit));

    [Theory]
    [InlineData("king", 3, 4)]
    [InlineData("king - man + 'new york'", 2, 6)]
    [InlineData("king-man", 2, 4)]
    [InlineData("-king", -3, -4)]
    [InlineData("0.5 * (king + man)", 2, 2)]
    [InlineData("(king + man) / 2", 2, 2)]
    [InlineData("king * 2 - 2 * king", 0, 0)]
    [InlineData("king - (man - king)", 5, 8)]
    [InlineData("unit(king)", .6, .8)]
    [InlineData("2 * 3 * unit(king) / 6", .6, .8)]
    [InlineData("unit(king - king)", 0, 0)]
    [InlineData("v(12) + \"don't\"", 4, 6)]
    [InlineData("'don\\'t'", -1, 1)]
    [InlineData("mean(king, man, 'new york')", 4 / 3.0, 2)]
    [InlineData("1e-1*king", .3, .4)]
    [InlineData("'well-known'", 7, 8)]
    [InlineData("(1 + 1) * king", 6, 8)]
    public void Expressions_have_the_value_of_the_arithmetic(string text, double x, double y)
    {
        float[] value = Evaluate(text);
        Assert.Equal(x, value[0], 1e-6);
        Assert.Equal(y, value[1], 1e-6);
        Assert.Equal(value, Evaluate(VectorExpression.Parse(text).ToString()!));
    }

    [Fact]
    public void At_unit_length_every_key_counts_the_same()
        => Assert.Equal([0.6f - 1, 0.8f], Evaluate("king - man", unit: true));

    [Theory]
    [InlineData("unit(king) - king")]
    [InlineData("unit(unit('don\\'t') - 'don\\'t')")]
    [InlineData("3 * 'well-known' - unit('well-known') - 2 * 'well-known'")]
    public void What_cancels_but_for_rounding_is_zero(string text) => Assert.Equal([0f, 0f], Evaluate(text, unit: true));

    [Fact]
    public void Small_values_are_no_rounding()
    {
        Assert.Equal(3e-12f, Evaluate("1e-12 * king")[0]);
        Assert.NotEqual(0, Evaluate("1.000001 * king - king")[0]);
    }

    [Fact]
    public void The_same_is_written_in_code()
    {
        VectorExpression king = VectorExpression.Key("king"), man = VectorExpression.Key("man");
        VectorExpression expression = 0.5 * (king - man).Unit() + VectorExpression.Vector(new float[] { 1, 2 });
        float[] expected = Evaluate("0.5 * unit(king - man)");
        Assert.Equal([expected[0] + 1, expected[1] + 2], expression.Evaluate(new RowResolver(Rows, unitLength: false)));
        Assert.Equal(["king", "man"], expression.Keys);
    }

    [Fact]
    public void Keys_are_listed_once_in_order()
        => Assert.Equal(["king", "new york", "man"], VectorExpression.Parse("king - 'new york' + unit(man + king)").Keys);

    [Theory]
    [InlineData("", "character 1")]
    [InlineData("king +", "character 7")]
    [InlineData("king man", "character 6")]
    [InlineData("(king", "')' was expected")]
    [InlineData("king)", "character 5")]
    [InlineData("3", "a number where a vector")]
    [InlineData("king + 3", "a number and a vector")]
    [InlineData("king * man", "two vectors")]
    [InlineData("3 / king", "divided by a number")]
    [InlineData("king / 0", "division by zero")]
    [InlineData("king / (1 - 1)", "division by zero")]
    [InlineData("norm(king)", "'norm' is no function")]
    [InlineData("'king", "closing quote")]
    [InlineData("v(king)", "integer key")]
    [InlineData("unit(3)", "a number where a vector")]
    [InlineData("1.2.3 * king", "no number")]
    [InlineData("king & man", "'&'")]
    public void What_is_no_expression_is_refused_with_the_place(string text, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() => VectorExpression.Parse(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow_the_stack()
        => Assert.Throws<FormatException>(() => VectorExpression.Parse(new string('(', 100_000)));

    [Fact]
    public void An_unknown_key_is_named()
    {
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => Evaluate("king - queen"));
        Assert.Contains("queen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbours_of_king_minus_man_plus_woman_are_the_analogy()
    {
        MemoryRows words = SharedData.Words(30_000);
        VectorExpression expression = VectorExpression.Parse("king - man + woman");
        float[] target = expression.Evaluate(new RowResolver(words, unitLength: true));
        ScoredKey[] near = NearestRows.Find(words, [target], new() { Count = 5, Except = [.. expression.Keys] })[0];
        AnalogyResult analogy = AnalogySolver.Solve(words, "man", "king", "woman");
        Assert.Equal(analogy.Answers.Select(answer => answer.Key), near.Select(answer => answer.Key));
        foreach ((ScoredKey x, ScoredKey y) in analogy.Answers.Zip(near)) Assert.Equal(x.Score, y.Score, 1e-5);
    }
}
