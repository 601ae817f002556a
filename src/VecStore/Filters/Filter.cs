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
    /// <summary>Conditions nest no deeper, so that no thread's stack is too small for one. A chain of <c>and</c>, or of <c>or</c>, is one level, however long.</summary>
    internal const int MaxDepth = 2_000;

    private protected Filter(int depth = 1)
    {
        if (depth > MaxDepth) throw new ArgumentException($"The filter nests its conditions more than {MaxDepth:N0} levels deep.");
        Depth = depth;
    }

    internal int Depth { get; }

    /// <summary>The start of a condition on a field.</summary>
    public static FieldReference Field(string name) => new(name);

    /// <summary>Reads the text form: comparisons, <c>in</c>, <c>contains</c>, <c>starts with</c>, <c>exists</c>, <c>missing</c>, <c>and</c>,
    /// <c>or</c>, <c>not</c>, parentheses. <see cref="FormatException"/> says where and what was expected.</summary>
    public static Filter Parse(string text) => FilterParser.Parse(text);

    /// <summary>Both conditions.</summary>
    public static Filter operator &(Filter left, Filter right) => JoinedFilter.Of(all: true, left, right);

    /// <summary>Either condition or both.</summary>
    public static Filter operator |(Filter left, Filter right) => JoinedFilter.Of(all: false, left, right);

    /// <summary>Not the condition; rows that lack the field pass.</summary>
    public static Filter operator !(Filter filter) => new NotFilter(filter);

    /// <summary>Both conditions (what <c>&amp;</c> does).</summary>
    public static Filter BitwiseAnd(Filter left, Filter right) => left & right;

    /// <summary>Either condition (what <c>|</c> does).</summary>
    public static Filter BitwiseOr(Filter left, Filter right) => left | right;

    /// <summary>Not the condition (what <c>!</c> does).</summary>
    public static Filter LogicalNot(Filter filter) => !filter;

    /// <summary>
    /// The text form, which <see cref="Parse"/> reads back to an equal filter: chains of <c>and</c> and <c>or</c> of any length, nested up to 200 levels deep.
    /// </summary>
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

/// <summary>Conditions of which all must hold, or any. Chains are flat, whatever their parentheses: <c>a and (b and c)</c> is <c>a and b and c</c>.</summary>
internal sealed record JoinedFilter(bool All, FilterList Parts) : Filter(1 + Parts.Depth)
{
    public static JoinedFilter Of(bool all, Filter left, Filter right)
    {
        FilterList parts = left is JoinedFilter chain && chain.All == all ? chain.Parts : FilterList.Of(left);
        if (right is not JoinedFilter more || more.All != all) return new JoinedFilter(all, parts.With(right));
        for (int i = 0; i < more.Parts.Count; i++) parts = parts.With(more.Parts[i]);
        return new JoinedFilter(all, parts);
    }

    internal override void Write(StringBuilder text)
    {
        text.Append('(');
        for (int i = 0; i < Parts.Count; i++)
        {
            if (i > 0) text.Append(All ? " and " : " or ");
            Parts[i].Write(text);
        }

        text.Append(')');
    }
}

internal sealed record NotFilter(Filter Inner) : Filter(1 + Inner.Depth)
{
    internal override void Write(StringBuilder text)
    {
        bool isOne = Inner is not (JoinedFilter or NotFilter); // a chain has its own parentheses
        text.Append(isOne ? "not (" : "not ");
        Inner.Write(text);
        if (isOne) text.Append(')');
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
