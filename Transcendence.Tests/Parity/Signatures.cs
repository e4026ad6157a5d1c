using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Transcendence.Tests.Parity;

/// <summary>Writes types and members of a hosting assembly as the table has them: C#, without modifiers that no caller sees.</summary>
internal static class Signatures
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The full name of a type in the words of Aspire, whichever engine this was compiled with.</summary>
    public static string FullName(Type type) => $"Aspire.{type.Namespace![(type.Namespace!.IndexOf('.', StringComparison.Ordinal) + 1)..]}.{Name(type)}";

    /// <summary>All that a type offers to others, a line each: its head, its bases, its members.</summary>
    public static IEnumerable<string> Of(Type type) => OfType(type).Concat(
        (type.IsInterface ? type.GetInterfaces().Append(type) : [type]).SelectMany(t => t.GetMembers(Declared)).Where(m => m is not Type).Select(OfMember).OfType<string>());

    /// <summary>What of a type may be used without a trace in IL: its head, its bases, its constants.</summary>
    public static IEnumerable<string> OfType(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? type.IsByRefLike ? "ref struct" : "struct"
            : (type.IsAbstract, type.IsSealed) switch { (true, true) => "static ", (true, false) => "abstract ", (false, true) => "sealed ", _ => "" }
                + (IsRecord(type) ? "record" : "class");
        yield return $"{kind} {Name(type)}{Constraints(type.GetGenericArguments())}";
        if (type.IsEnum)
        {
            foreach (var value in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                yield return OfMember(value)!;
            }

            yield break;
        }

        foreach (var parent in type.GetInterfaces().Where(i => i.IsVisible && i.Namespace != "System.Collections" && i.Name != "IEquatable`1"))
        {
            yield return ": " + Name(parent);
        }

        for (var parent = type.BaseType; parent is not null && parent != typeof(object) && parent != typeof(ValueType); parent = parent.BaseType)
        {
            yield return ": " + Name(parent);
        }

        foreach (var constant in type.GetFields(Declared).Where(f => f.IsLiteral && f.IsPublic))
        {
            yield return OfMember(constant)!;
        }
    }

    /// <summary>The line of a member; <see langword="null"/> for what only its own assembly sees, or the compiler makes.</summary>
    public static string? OfMember(MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo { IsPublic: true, IsSpecialName: false } field when field.DeclaringType!.IsEnum:
                return $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
            case FieldInfo { IsPublic: true, IsSpecialName: false } field:
                var type = Name(field.FieldType, Nullability.Create(field));
                return field.IsLiteral
                    ? $"const {type} {field.Name} = {Literal(field.FieldType, field.GetRawConstantValue())}"
                    : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
            case PropertyInfo property:
                return OfProperty(property);
            case ConstructorInfo { IsStatic: false } constructor when IsSeen(constructor):
                return $"{Access(constructor)}new({Parameters(constructor)})";
            // Of a record, or of a property, which has a line of its own.
            case MethodInfo method when (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && IsSeen(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !method.Name.Contains('<', StringComparison.Ordinal):
                return $"{Access(method)}{(method.IsStatic ? "static " : "")}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{GenericParameters(method)}({Parameters(method)}){Constraints(method.GetGenericArguments())}";
            default:
                return null;
        }
    }

    /// <summary>The property of which a method is the accessor, or the member itself.</summary>
    public static MemberInfo Owner(MemberInfo member) => member is MethodInfo { IsSpecialName: true } accessor
        ? accessor.DeclaringType!.GetProperties(Declared).FirstOrDefault(p => p.GetAccessors(nonPublic: true).Contains(accessor)) ?? member
        : member;

    /// <summary>All types that stand in a member's signature.</summary>
    public static IEnumerable<Type> TypesIn(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        MethodBase method =>
        [
            .. method.GetParameters().Select(p => p.ParameterType),
            .. method is MethodInfo { ReturnType: var result } ? [result] : Type.EmptyTypes,
            .. method.IsGenericMethodDefinition ? method.GetGenericArguments().SelectMany(a => a.GetGenericParameterConstraints()) : [],
        ],
        _ => [],
    };

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static string? OfProperty(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsSeen).ToList();
        if (accessors.Count == 0 || property.Name == "EqualityContract")
        {
            return null;
        }

        var getter = property.GetMethod is { } get && IsSeen(get) ? get : null;
        var setter = property.SetMethod is { } set && IsSeen(set) ? set : null;
        var isInit = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        return $"{Access(accessors[0])}{(accessors[0].IsStatic ? "static " : "")}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}"
            + $"{Name(property.PropertyType, Nullability.Create(property))} {property.Name}"
            + $" {{ {(getter is null ? "" : "get; ")}{(setter is null ? "" : isInit ? "init; " : "set; ")}}}";
    }

    private static string GenericParameters(MethodInfo method) => method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        var text = new StringBuilder();
        if (parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute)))
        {
            text.Append("this ");
        }

        if (parameter.IsDefined(typeof(ParamArrayAttribute)))
        {
            text.Append("params ");
        }

        if (parameter.GetCustomAttribute<NotNullWhenAttribute>() is { } notNull)
        {
            text.Append(notNull.ReturnValue ? "[NotNullWhen(true)] " : "[NotNullWhen(false)] ");
        }

        if (parameter.ParameterType.IsByRef)
        {
            text.Append(parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ");
        }

        text.Append(Name(parameter.ParameterType, Nullability.Create(parameter))).Append(' ').Append(parameter.Name);
        if (parameter.HasDefaultValue)
        {
            text.Append(" = ").Append(Literal(parameter.ParameterType, parameter.RawDefaultValue));
        }

        return text.ToString();
    }));

    private static string Constraints(Type[] parameters) => string.Concat(parameters.Where(p => p.IsGenericParameter).Select(parameter =>
    {
        var attributes = parameter.GenericParameterAttributes;
        List<string> constraints = [];
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            constraints.Add("class");
        }

        constraints.AddRange(parameter.GetGenericParameterConstraints().Select(c => Name(c)));
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            constraints.Add("new()");
        }

        return constraints.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", constraints)}";
    }));

    private static string Literal(Type type, object? value) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ when type.IsEnum => Enum.ToObject(type, value).ToString()!,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        var mark = !type.IsValueType && nullability is not null && (nullability.ReadState is NullabilityState.Unknown ? nullability.WriteState : nullability.ReadState) == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[]{mark}";
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        if (type.IsGenericParameter)
        {
            var attributes = type.GenericParameterAttributes;
            return (type.DeclaringMethod is null && type.DeclaringType is { IsGenericTypeDefinition: true } && nullability is null
                ? attributes.HasFlag(GenericParameterAttributes.Covariant) ? "out " : attributes.HasFlag(GenericParameterAttributes.Contravariant) ? "in " : ""
                : "") + type.Name + mark;
        }

        var name = type.Name.Split('`')[0];
        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            name += $"<{string.Join(", ", arguments.Select((a, i) => Name(a, nullability is { GenericTypeArguments: var known } && i < known.Length ? known[i] : null)))}>";
        }

        return (type.IsNested ? Name(type.DeclaringType!) + "." : "") + name + mark;
    }
}
