using System.Globalization;
using System.Reflection;
using System.Text;

namespace VecStore.Repository.Tests.PublicApi;

/// <summary>What an assembly shows, one line a member, in an order that does not change: a change of the API is a readable difference.</summary>
internal static class ApiList
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Heading(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Heading(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => $"enum {Name(type)} : {Name(type.GetEnumUnderlyingType())}",
            { IsInterface: true } => "interface " + Name(type),
            { IsValueType: true } => (type.IsByRefLike ? "ref struct " : "struct ") + Name(type),
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate " + Name(type),
            { IsAbstract: true, IsSealed: true } => "static class " + Name(type),
            { IsAbstract: true } => "abstract class " + Name(type),
            { IsSealed: true } => "sealed class " + Name(type),
            _ => "class " + Name(type),
        };
        if (type.IsEnum) return $"{type.Namespace}: {kind}";
        IEnumerable<Type> bases = type.GetInterfaces().Where(one => one.IsVisible).OrderBy(Name, StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)) bases = bases.Prepend(parent);
        string derived = string.Join(", ", bases.Select(Name));
        return $"{type.Namespace}: {kind}{(derived.Length > 0 ? " : " + derived : "")}{Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToString(Convert.ChangeType(Enum.Parse(type, name), type.GetEnumUnderlyingType(), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}");
        return type.GetMembers(Declared).Where(IsShown).Select(member => member switch
        {
            ConstructorInfo constructor => $"{Access(constructor)}new({Parameters(constructor)})",
            MethodInfo method => $"{Access(method)}{Name(method.ReturnType)} {method.Name}{Arguments(method)}({Parameters(method)}){Constraints(method.IsGenericMethod ? method.GetGenericArguments() : [])}",
            PropertyInfo property => $"{Access((property.GetMethod ?? property.SetMethod)!)}{Name(property.PropertyType)} {property.Name}{Index(property)} {{ {Accessors(property)} }}",
            FieldInfo { IsLiteral: true } constant => $"const {Name(constant.FieldType)} {constant.Name} = {Convert.ToString(constant.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
            FieldInfo field => $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}",
            EventInfo happening => $"event {Name(happening.EventHandlerType!)} {happening.Name}",
            _ => throw new InvalidOperationException($"{member} is of no known kind"),
        });
    }

    // What others can call; what the compiler writes for a record says nothing that its properties do not.
    private static bool IsShown(MemberInfo member) => member switch
    {
        Type => false,
        MethodInfo { IsSpecialName: true } method => method.Name.StartsWith("op_", StringComparison.Ordinal) && Visible(method) && !IsWritten(method),
        MethodBase method => Visible(method) && !IsWritten(method),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(Visible) && property.Name != "EqualityContract",
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        EventInfo happening => Visible(happening.AddMethod!),
        _ => false,
    };

    private static bool IsWritten(MethodBase method) => method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute));

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract " : method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType!.IsInterface ? "virtual " : "");

    private static string Accessors(PropertyInfo property)
    {
        string set = property.SetMethod is { } setter && Visible(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)) ? "init; " : "set; "
            : "";
        return (property.GetMethod is { } getter && Visible(getter) ? "get; " + set : set).TrimEnd();
    }

    private static string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(Parameter))}]" : "";

    private static string Arguments(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string by = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? parameter.IsIn ? "in " : "ref " : "";
        Type type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return $"{by}{Name(type)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + (Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) is { Length: > 0 } value ? value : "default") : "")}";
    }

    private static string Constraints(Type[] arguments)
    {
        var all = new List<string>();
        foreach (Type argument in arguments.Where(argument => argument.IsGenericParameter))
        {
            GenericParameterAttributes of = argument.GenericParameterAttributes;
            string[] words =
            [
                .. of.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint) ? (string[])["struct"] : [],
                .. of.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? (string[])["class"] : [],
                .. argument.GetGenericParameterConstraints().Where(one => one != typeof(ValueType)).Select(Name).Order(StringComparer.Ordinal),
            ];
            if (words.Length > 0) all.Add($" where {argument.Name} : {string.Join(", ", words)}");
        }

        return string.Concat(all);
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsPointer) return Name(type.GetElementType()!) + "*";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (type.IsGenericParameter) return type.Name;
        string plain = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : Keyword(type) ?? type.Name;
        Type[] arguments = type.GetGenericArguments();
        int tick = plain.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? plain : $"{plain[..tick]}<{string.Join(", ", arguments.Select(Name))}>";
    }

    private static string? Keyword(Type type) => type.IsEnum ? null : type == typeof(void) ? "void" : type == typeof(object) ? "object" : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Byte => "byte",
        TypeCode.Char => "char",
        TypeCode.Double => "double",
        TypeCode.Int16 => "short",
        TypeCode.Int32 => "int",
        TypeCode.Int64 => "long",
        TypeCode.SByte => "sbyte",
        TypeCode.Single => "float",
        TypeCode.String => "string",
        TypeCode.UInt16 => "ushort",
        TypeCode.UInt32 => "uint",
        TypeCode.UInt64 => "ulong",
        _ => null,
    };
}
