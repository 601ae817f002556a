using System.Globalization;
using System.Text;

namespace VecStore;

/// <summary>
/// A condition on a row's metadata fields. Built in C# (<c>Field("year") &gt;= 2020 &amp; Field("lang").In("en", "fr")</c>, with
/// <c>using static VecStore.Filter</c>) or read from text (<see cref="Parse"/>: <c>year &gt;= 2020 and lang in ("en", "fr")</c>).
/// A row that lacks a field fails every comparison on it; only <c>not</c> and <c>missing</c> can let it pass.
/// Filters are immutable and compare by value.
/// </summary>
public abstract record Filter
{
    /// <summary>Conditions nest no deeper, so that no thread's stack is too small for one; long lists of values belong into <c>in</c>.</summary>
    internal const int MaxDepth = 2_000;

    private protected Filter(int depth = 1)
    {
        if (depth > MaxDepth) throw new ArgumentException($"The filter joins more than {MaxDepth:N0} conditions one after another; to compare with many values use In.");
        Depth = depth;
    }

    internal int Depth { get; }

    /// <summary>The start of a condition on a field.</summary>
    public static FieldReference Field(string name) => new(name);

    /// <summary>Reads the text form: comparisons, <c>in</c>, <c>contains</c>, <c>starts with</c>, <c>exists</c>, <c>missing</c>, <c>and</c>,
    /// <c>or</c>, <c>not</c>, parentheses. <see cref="FormatException"/> says where and what was expected.</summary>
    public static Filter Parse(string text) => FilterParser.Parse(text);

    /// <summary>Both conditions.</summary>
    public static Filter operator &(Filter left, Filter right) => new AndFilter(left, right);

    /// <summary>Either condition or both.</summary>
    public static Filter operator |(Filter left, Filter right) => new OrFilter(left, right);

    /// <summary>Not the condition; rows that lack the field pass.</summary>
    public static Filter operator !(Filter filter) => new NotFilter(filter);

    /// <summary>Both conditions (what <c>&amp;</c> does).</summary>
    public static Filter BitwiseAnd(Filter left, Filter right) => left & right;

    /// <summary>Either condition (what <c>|</c> does).</summary>
    public static Filter BitwiseOr(Filter left, Filter right) => left | right;

    /// <summary>Not the condition (what <c>!</c> does).</summary>
    public static Filter LogicalNot(Filter filter) => !filter;

    /// <summary>The text form, which <see cref="Parse"/> reads back to an equal filter.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal abstract void Write(StringBuilder text);

    internal static void WriteName(StringBuilder text, string name)
    {
        bool plain = name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            && !FilterParser.IsReserved(name);
        if (plain) text.Append(name);
        else text.Append('`').Append(name).Append('`');
    }

    internal static void WriteValue(StringBuilder text, FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldValueKind.Int64: text.Append(value.AsInt64().ToString(CultureInfo.InvariantCulture)); break;
            case FieldValueKind.Double:
                string number = value.AsDouble().ToString("R", CultureInfo.InvariantCulture);
                text.Append(number);
                if (number.All(c => char.IsAsciiDigit(c) || c == '-')) text.Append(".0");
                break;
            case FieldValueKind.Bool: text.Append(value.AsBool() ? "true" : "false"); break;
            default: text.Append('"').Append(value.AsString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"'); break;
        }
    }
}

/// <summary>How a field is compared with a value.</summary>
internal enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Contains, StartsWith }

internal sealed record CompareFilter(string Name, Comparison Comparison, FieldValue Value) : Filter
{
    internal override void Write(StringBuilder text)
    {
        WriteName(text, Name);
        text.Append(Comparison switch
        {
            Comparison.Equal => " = ",
            Comparison.NotEqual => " != ",
            Comparison.Less => " < ",
            Comparison.LessOrEqual => " <= ",
            Comparison.Greater => " > ",
            Comparison.GreaterOrEqual => " >= ",
            Comparison.Contains => " contains ",
            _ => " starts with ",
        });
        WriteValue(text, Value);
    }
}

internal sealed record InFilter(string Name, ValueList Values) : Filter
{
    internal override void Write(StringBuilder text)
    {
        WriteName(text, Name);
        text.Append(" in (");
        for (int i = 0; i < Values.Count; i++)
        {
            if (i > 0) text.Append(", ");
            WriteValue(text, Values[i]);
        }

        text.Append(')');
    }
}

internal sealed record ExistsFilter(string Name) : Filter
{
    internal override void Write(StringBuilder text)
    {
        WriteName(text, Name);
        text.Append(" exists");
    }
}

internal sealed record AndFilter(Filter Left, Filter Right) : Filter(1 + Math.Max(Left.Depth, Right.Depth))
{
    internal override void Write(StringBuilder text) => WriteBoth(text, Left, " and ", Right);

    internal static void WriteBoth(StringBuilder text, Filter left, string word, Filter right)
    {
        text.Append('(');
        left.Write(text);
        text.Append(word);
        right.Write(text);
        text.Append(')');
    }
}

internal sealed record OrFilter(Filter Left, Filter Right) : Filter(1 + Math.Max(Left.Depth, Right.Depth))
{
    internal override void Write(StringBuilder text) => AndFilter.WriteBoth(text, Left, " or ", Right);
}

internal sealed record NotFilter(Filter Inner) : Filter(1 + Inner.Depth)
{
    internal override void Write(StringBuilder text)
    {
        text.Append("not (");
        Inner.Write(text);
        text.Append(')');
    }
}

/// <summary>A list of values that compares by its elements, so that filters do.</summary>
internal sealed class ValueList(FieldValue[] values) : IEquatable<ValueList>
{
    public int Count => values.Length;

    public FieldValue this[int index] => values[index];

    public ReadOnlySpan<FieldValue> AsSpan() => values;

    public bool Equals(ValueList? other) => other is not null && AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ValueList);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (FieldValue value in values) hash.Add(value);
        return hash.ToHashCode();
    }
}
