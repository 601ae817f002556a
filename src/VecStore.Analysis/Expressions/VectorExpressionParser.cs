using System.Globalization;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// Grammar: sum = product (('+' | '-') product)*; product = factor (('*' | '/') factor)*; factor = '-' factor | number | key | quoted key | unit(sum) | v(integer)
/// | mean(sum, ...) | '(' sum ')'. A bare key begins with a letter or '_' and goes on with letters, digits, '_', '.', ':'.
/// </summary>
internal sealed class VectorExpressionParser(string text)
{
    private const int DeepestNesting = 200;
    private int position;
    private int depth;

    /// <summary>A number, or a vector.</summary>
    private readonly record struct Value(double Number, VectorExpression? Vector);

    public VectorExpression Parse()
    {
        Value value = ParseSum();
        SkipSpace();
        if (position < text.Length) throw Error($"'{text[position]}' where an operator or the end was expected");
        return value.Vector ?? throw Error("a number where a vector was expected", at: 0);
    }

    /// <summary>A key as it must be written in an expression.</summary>
    public static string Quote(string key)
    {
        bool bare = key.Length > 0 && StartsKey(key[0]) && key.All(ContinuesKey);
        return bare ? key : "'" + key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
    }

    private Value ParseSum()
    {
        Value left = ParseProduct();
        while (true)
        {
            SkipSpace();
            int at = position;
            if (!Take('+') && !Take('-')) return left;
            bool minus = text[at] == '-';
            Value right = ParseProduct();
            left = (left.Vector, right.Vector) switch
            {
                (null, null) => new(minus ? left.Number - right.Number : left.Number + right.Number, null),
                ({ } x, { } y) => new(0, minus ? x - y : x + y),
                _ => throw Error($"a number and a vector cannot be {(minus ? "subtracted" : "added")}", at),
            };
        }
    }

    private Value ParseProduct()
    {
        Value left = ParseFactor();
        while (true)
        {
            SkipSpace();
            int at = position;
            if (!Take('*') && !Take('/')) return left;
            bool divide = text[at] == '/';
            Value right = ParseFactor();
            left = (left.Vector, right.Vector) switch
            {
                (null, null) => new(divide ? left.Number / right.Number : left.Number * right.Number, null),
                (null, { } y) when !divide => new(0, left.Number * y),
                ({ } x, null) => new(0, divide ? x / right.Number : x * right.Number),
                _ => throw Error(divide ? "a vector can only be divided by a number" : "two vectors cannot be multiplied", at),
            };
            if (left.Vector is null && !double.IsFinite(left.Number)) throw Error("a division by zero", at);
            if (divide && right.Number == 0) throw Error("a division by zero", at);
        }
    }

    private Value ParseFactor()
    {
        if (++depth > DeepestNesting) throw Error("too deeply nested");
        try
        {
            SkipSpace();
            if (position == text.Length) throw Error("the end where a key, a number or '(' was expected");
            char c = text[position];
            if (Take('-'))
            {
                Value value = ParseFactor();
                return value.Vector is { } vector ? new(0, -vector) : new(-value.Number, null);
            }
            if (Take('('))
            {
                Value inner = ParseSum();
                Require(')');
                return inner;
            }
            if (c is '\'' or '"') return new(0, VectorExpression.Key(ParseQuoted()));
            if (char.IsAsciiDigit(c) || c == '.') return new(ParseNumber(), null);
            if (StartsKey(c)) return new(0, ParseKeyOrFunction());
            throw Error($"'{c}' where a key, a number or '(' was expected; keys with such characters are written in quotes");
        }
        finally
        {
            depth--;
        }
    }

    private VectorExpression ParseKeyOrFunction()
    {
        int start = position;
        while (position < text.Length && ContinuesKey(text[position])) position++;
        string word = text[start..position];
        SkipSpace();
        if (!Take('(')) return VectorExpression.Key(word);
        switch (word)
        {
            case "unit":
                VectorExpression operand = ParseVector();
                Require(')');
                return operand.Unit();
            case "mean":
                VectorExpression sum = ParseVector();
                int count = 1;
                for (; Take(','); count++) sum += ParseVector();
                Require(')');
                return sum / count;
            case "v":
                SkipSpace();
                int digits = position;
                Take('-');
                while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
                if (!long.TryParse(text.AsSpan(digits, position - digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long key))
                    throw Error("v(...) takes one integer key", digits);
                Require(')');
                return VectorExpression.Key(key.ToString(CultureInfo.InvariantCulture));
            default:
                throw Error($"'{word}' is no function; there are unit(...), mean(...), v(...)", start);
        }
    }

    private VectorExpression ParseVector()
    {
        int at = position;
        VectorExpression vector = ParseSum().Vector ?? throw Error("a number where a vector was expected", at);
        SkipSpace();
        return vector;
    }

    private double ParseNumber()
    {
        int start = position;
        while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.'
            || (text[position] is 'e' or 'E' && position + 1 < text.Length && (char.IsAsciiDigit(text[position + 1]) || text[position + 1] is '-' or '+'))
            || (text[position] is '-' or '+' && text[position - 1] is 'e' or 'E' && position > start))) position++;
        if (double.TryParse(text.AsSpan(start, position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            return number;
        throw Error($"'{text[start..position]}' is no number", start);
    }

    private string ParseQuoted()
    {
        int start = position;
        char quote = text[position++];
        StringBuilder key = new();
        while (position < text.Length && text[position] != quote)
        {
            if (text[position] == '\\' && position + 1 < text.Length) position++;
            key.Append(text[position++]);
        }
        if (position == text.Length) throw Error("the closing quote is missing", start);
        position++;
        return key.ToString();
    }

    private void Require(char c)
    {
        SkipSpace();
        if (!Take(c)) throw Error(position < text.Length ? $"'{text[position]}' where '{c}' was expected" : $"the end where '{c}' was expected");
    }

    private bool Take(char c)
    {
        if (position >= text.Length || text[position] != c) return false;
        position++;
        return true;
    }

    private void SkipSpace()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
    }

    private static bool StartsKey(char c) => char.IsLetter(c) || c == '_';

    private static bool ContinuesKey(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or ':';

    private FormatException Error(string reason, int? at = null)
    {
        int place = at ?? position;
        return new FormatException($"{reason}, at character {place + 1} of: {text}");
    }
}
