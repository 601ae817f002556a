using System.Collections;
using System.Collections.ObjectModel;
using System.Linq.Expressions;
using System.Reflection;
using static VecStore.Filter;

namespace VecStore.Typed;

/// <summary>
/// Translates a condition in C# into a <see cref="Filter"/> that means the same: a comparison that C# makes true of null lets rows without the field pass. What has no such
/// filter is refused, and the part of the condition named.
/// </summary>
internal sealed class ExpressionFilter(IReadOnlyList<RecordProperty> fields, ParameterExpression record)
{
    private const string Allowed = "comparisons of a data property with a value, StartsWith, Contains on a list, HasValue, &&, || and !";
    private Filter? _everything;
    private Filter? _nothing;

    public static Filter Translate(LambdaExpression condition, IReadOnlyList<RecordProperty> fields) => new ExpressionFilter(fields, condition.Parameters[0]).Condition(condition.Body);

    private Filter Condition(Expression part) => part switch
    {
        _ when part.Type == typeof(bool) && !Mentions(part) => (bool)Value(part)! ? Everything(part) : Nothing(part),
        BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } both when both.Type == typeof(bool) => And(both),
        BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } either when either.Type == typeof(bool) => Or(either),
        BinaryExpression comparison => Compare(comparison),
        UnaryExpression { NodeType: ExpressionType.Not } not when not.Type == typeof(bool) => !Condition(not.Operand),
        MemberExpression { Member.Name: "HasValue", Expression: { } nullable } when Property(nullable) is { } property => Field(property.Field).Exists(),
        MethodCallExpression call => Call(call),
        _ when part.Type == typeof(bool) && Property(part) is { } flag => Field(flag.Field) == true,
        _ => throw Refuse(part, $"allowed are {Allowed}"),
    };

    // As in C#, the right side is not looked at when the left decides: chosen == null || chosen.Contains(r.Year).
    private Filter And(BinaryExpression both)
    {
        Filter left = Condition(both.Left);
        if (left == _nothing) return left;
        Filter right = Condition(both.Right);
        return left == _everything || right == _nothing ? right : right == _everything ? left : left & right;
    }

    private Filter Or(BinaryExpression either)
    {
        Filter left = Condition(either.Left);
        if (left == _everything) return left;
        Filter right = Condition(either.Right);
        return left == _nothing || right == _everything ? right : right == _nothing ? left : left | right;
    }

    // Conditions on which the record has no say, such as a captured switch.
    private Filter Everything(Expression part) => _everything ??= SomeField(part).Exists() | !SomeField(part).Exists();

    private Filter Nothing(Expression part) => _nothing ??= SomeField(part).Exists() & !SomeField(part).Exists();

    private FieldReference SomeField(Expression part) => fields.Count > 0 ? Field(fields[0].Field) : throw Refuse(part, "the record has no data property to filter by");

    private Filter Compare(BinaryExpression comparison)
    {
        RecordProperty? left = Property(comparison.Left), right = Property(comparison.Right);
        if (left is not null && right is not null) throw Refuse(comparison, "it compares two properties");
        ExpressionType how = left is not null ? comparison.NodeType : Mirrored(comparison.NodeType);
        RecordProperty property = left ?? right ?? throw Refuse(comparison, $"allowed are {Allowed}");
        object? value = Value(left is not null ? comparison.Right : comparison.Left);
        FieldReference field = Field(property.Field);
        if (property.Type == FieldType.StringList && value is not null) throw Refuse(comparison, "a list is not compared; use Contains");
        return how switch
        {
            ExpressionType.Equal => value is null ? !field.Exists() : field == property.ToField(value),
            ExpressionType.NotEqual when value is null => field.Exists(),
            ExpressionType.NotEqual => property.CanBeNull ? field != property.ToField(value) | !field.Exists() : field != property.ToField(value),
            ExpressionType.LessThan when value is not null => field < property.ToField(value),
            ExpressionType.LessThanOrEqual when value is not null => field <= property.ToField(value),
            ExpressionType.GreaterThan when value is not null => field > property.ToField(value),
            ExpressionType.GreaterThanOrEqual when value is not null => field >= property.ToField(value),
            _ => throw Refuse(comparison, value is null ? "nothing is above or below null" : $"allowed are {Allowed}"),
        };
    }

    private Filter Call(MethodCallExpression call)
    {
        MethodInfo method = call.Method;
        ReadOnlyCollection<Expression> given = call.Arguments;
        if (method.DeclaringType == typeof(string))
        {
            switch (method.Name)
            {
                case nameof(string.StartsWith) when call.Object is not null && Property(call.Object) is { } text && (given[0].Type == typeof(string) || given[0].Type == typeof(char)):
                    RequireOrdinal(call, given.Skip(1));
                    return Field(text.Field).StartsWith(Value(given[0])?.ToString() ?? throw Refuse(call, "nothing starts with null"));
                case nameof(string.Equals) when (call.Object is null ? given[0] : call.Object) is var one && given.FirstOrDefault(a => a != one && a.Type == typeof(string)) is { } other:
                    RequireOrdinal(call, given.Where(argument => argument != one && argument != other));
                    return Compare(Expression.Equal(one, other));
                case nameof(string.IsNullOrEmpty) when Property(given[0]) is { } text:
                    return !Field(text.Field).Exists() | Field(text.Field) == "";
                case nameof(string.Contains):
                    throw Refuse(call, "the store finds strings by equality and StartsWith, not by a part in the middle");
                default:
                    throw Refuse(call, $"allowed are {Allowed}");
            }
        }

        if (method.Name == "Contains" && (call.Object is null ? given.Count is 2 or 3 : given.Count == 1))
        {
            if (call.Object is null && given.Count == 3 && Value(given[2]) is not null) throw Refuse(call, "a comparer of its own");
            Expression list = Unspanned(call.Object ?? given[0]), item = given[call.Object is null ? 1 : 0];
            if (Property(list) is { Type: FieldType.StringList } tags) return Field(tags.Field).Contains((string?)Value(item) ?? throw Refuse(call, "a list of strings holds no null"));
            if (Property(item) is { } property && Value(list) is IEnumerable values) return In(property, values);
        }

        throw Refuse(call, $"allowed are {Allowed}");
    }

    private static Filter In(RecordProperty property, IEnumerable values)
    {
        object?[] all = [.. values];
        FieldReference field = Field(property.Field);
        FieldValue[] there = [.. all.Where(value => value is not null).Select(property.ToField)];
        Filter any = there.Length > 0 ? field.In(there) : field.Exists() & !field.Exists(); // one of none: no row
        return all.Length == there.Length ? any : any | !field.Exists();
    }

    // The data property that an expression reads, through conversions that change no comparison; null when it reads none.
    private RecordProperty? Property(Expression part)
    {
        switch (part)
        {
            case UnaryExpression { NodeType: ExpressionType.Convert } convert:
                RecordProperty? converted = Property(convert.Operand);
                if (converted is not null && !IsExact(Bare(convert.Operand.Type), Bare(convert.Type))) throw Refuse(part, "the conversion changes the value");
                return converted;
            case MemberExpression { Member.Name: "Value", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null:
                return Property(nullable);
            case MemberExpression { Member: PropertyInfo member, Expression: { } target } when IsRecord(target):
                return fields.FirstOrDefault(field => field.Property.Name == member.Name)
                    ?? throw Refuse(part, $"{member.Name} is no data property; the store filters by those with [VectorStoreData]");
            default:
                return null;
        }
    }

    private bool IsRecord(Expression part) => part == record || part is UnaryExpression { NodeType: ExpressionType.Convert, Operand: { } inner } && IsRecord(inner);

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsExact(Type from, Type to) => from == to || (from.IsEnum && Enum.GetUnderlyingType(from) == to) || (Type.GetTypeCode(from), Type.GetTypeCode(to)) switch
    {
        (TypeCode.Byte, TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 or TypeCode.Single or TypeCode.Double) => true,
        (TypeCode.Int16, TypeCode.Int32 or TypeCode.Int64 or TypeCode.Single or TypeCode.Double) => true,
        (TypeCode.Int32, TypeCode.Int64 or TypeCode.Double) => true,
        (TypeCode.Int64, TypeCode.Double) => true, // compared as a double in C# too
        (TypeCode.Single, TypeCode.Double) => true,
        _ => !to.IsValueType && to.IsAssignableFrom(from),
    };

    // The value of an expression in which the record does not occur: a constant, a captured variable, or whatever C# can compute.
    private object? Value(Expression part)
    {
        switch (part)
        {
            case ConstantExpression constant: return constant.Value;
            case MemberExpression { Member: FieldInfo field } member when member.Expression is null || !Mentions(member.Expression):
                return field.GetValue(member.Expression is null ? null : Value(member.Expression));
            default:
                if (Mentions(part)) throw Refuse(part, "it computes with a property; only the property itself can be compared");
                return Expression.Lambda<Func<object?>>(Expression.Convert(part, typeof(object))).Compile(preferInterpretation: true)();
        }
    }

    private bool Mentions(Expression part)
    {
        var search = new ParameterSearch(record);
        search.Visit(part);
        return search.Found;
    }

    // C# passes arrays to Contains as spans, which no expression can hold as values.
    private static Expression Unspanned(Expression part) => part is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var array] } ? array : part;

    private static ExpressionType Mirrored(ExpressionType how) => how switch
    {
        ExpressionType.LessThan => ExpressionType.GreaterThan,
        ExpressionType.LessThanOrEqual => ExpressionType.GreaterThanOrEqual,
        ExpressionType.GreaterThan => ExpressionType.LessThan,
        ExpressionType.GreaterThanOrEqual => ExpressionType.LessThanOrEqual,
        _ => how,
    };

    private void RequireOrdinal(MethodCallExpression call, IEnumerable<Expression> rest)
    {
        foreach (Expression argument in rest)
        {
            if (Value(argument) is not StringComparison.Ordinal) throw Refuse(call, "the store compares strings byte by byte: StringComparison.Ordinal");
        }
    }

    private static NotSupportedException Refuse(Expression part, string reason) => new($"The part \"{part}\" of the filter cannot be translated: {reason}.");

    private sealed class ParameterSearch(ParameterExpression wanted) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == wanted;
            return node;
        }
    }
}
