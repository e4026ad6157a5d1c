using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace Transcendence.Tests.Parity;

/// <summary>A type or member of a hosting assembly, and who uses it.</summary>
internal sealed record HostingUse(MemberInfo Member, string User, string Document);

/// <summary>Finds every use of a hosting assembly in another one: in signatures, bases, attributes, and bodies.</summary>
internal sealed class HostingUses : IDisposable
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    private readonly Assembly _assembly;
    private readonly IReadOnlyCollection<Assembly> _hosting;
    private readonly FileStream _file;
    private readonly MetadataReaderProvider _symbols;
    private readonly MetadataReader _reader;

    public HostingUses(Assembly assembly, IReadOnlyCollection<Assembly> hosting)
    {
        _assembly = assembly;
        _hosting = hosting;
        _file = File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb"));
        _symbols = MetadataReaderProvider.FromPortablePdbStream(_file);
        _reader = _symbols.GetMetadataReader();
    }

    /// <summary>All uses; generic types and methods as their definitions.</summary>
    public IEnumerable<HostingUse> Find() => _assembly.GetTypes().SelectMany(type =>
    {
        // What the build generates for an engine is that engine's.
        if (type.Namespace == "Projects")
        {
            return [];
        }

        var members = type.GetMembers(Declared).Where(m => m is not Type).ToList();
        var document = DocumentOf(type);
        return members.Append(type).SelectMany(member => ReferencedBy(member).SelectMany(Unfold).Select(used =>
            new HostingUse(used, $"{type.FullName}.{member.Name}", (member is MethodBase method ? DocumentOf(method) : null) ?? document)));
    });

    public void Dispose()
    {
        _symbols.Dispose();
        _file.Dispose();
    }

    private static IEnumerable<MemberInfo> ReferencedBy(MemberInfo member)
    {
        foreach (var attribute in member.GetCustomAttributesData())
        {
            yield return attribute.Constructor;
        }

        foreach (var used in member is Type type
            ? [.. type.BaseType is { } parent ? [parent] : Type.EmptyTypes, .. type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []), .. type.GetGenericArguments().Where(a => a.IsGenericParameter).SelectMany(a => a.GetGenericParameterConstraints())]
            : Signatures.TypesIn(member))
        {
            yield return used;
        }

        if (member is MethodBase method && method.GetMethodBody() is { } body)
        {
            foreach (var used in body.LocalVariables.Select(v => v.LocalType).Concat(body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause).Select(c => c.CatchType!)).Concat(Tokens(method, body.GetILAsByteArray()!)))
            {
                yield return used;
            }
        }
    }

    private static IEnumerable<MemberInfo> Tokens(MethodBase method, byte[] il)
    {
        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethodDefinition ? method.GetGenericArguments() : null;
        for (var i = 0; i < il.Length;)
        {
            // 0xFE begins an instruction of two bytes.
            var opCode = OpCodesByValue[il[i] == 0xFE ? (short)(0xFE00 | il[++i]) : il[i]];
            i++;
            switch (opCode.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    i += 1;
                    break;
                case OperandType.InlineVar:
                    i += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    i += 8;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(il, i));
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return method.Module.ResolveMember(BitConverter.ToInt32(il, i), typeArguments, methodArguments)!;
                    i += 4;
                    break;
                default:
                    i += 4;
                    break;
            }
        }
    }

    /// <summary>The hosting types and members in what is used: of <c>IResourceBuilder&lt;ProjectResource&gt;.Resource</c> the property and both types.</summary>
    private IEnumerable<MemberInfo> Unfold(MemberInfo used)
    {
        if (used is Type type)
        {
            while (type.HasElementType)
            {
                type = type.GetElementType()!;
            }

            return type.GetGenericArguments().Where(a => !a.IsGenericParameter).SelectMany(Unfold)
                .Concat(!type.IsGenericParameter && _hosting.Contains(type.Assembly) ? [type.IsGenericType ? type.GetGenericTypeDefinition() : type] : []);
        }

        IEnumerable<MemberInfo> types = used.DeclaringType is { } declaring ? Unfold(declaring) : [];
        if (used is MethodInfo { IsGenericMethod: true } generic)
        {
            types = types.Concat(generic.GetGenericArguments().SelectMany(Unfold));
        }

        if (used.DeclaringType is null || !_hosting.Contains(used.DeclaringType.Assembly))
        {
            return types;
        }

        // What the compiler makes for a record, such as the copy for `with`, is said by the word `record`.
        var definition = Signatures.Owner(used.Module.ResolveMember(used.MetadataToken)!);
        if (definition.IsDefined(typeof(CompilerGeneratedAttribute)))
        {
            return types;
        }

        return types.Concat(Signatures.TypesIn(definition).SelectMany(Unfold)).Append(definition);
    }

    private string? DocumentOf(MethodBase method)
    {
        var information = _reader.GetMethodDebugInformation(((MethodDefinitionHandle)MetadataTokens.EntityHandle(method.MetadataToken)).ToDebugInformationHandle());
        var document = information.SequencePointsBlob.IsNil ? default : information.Document.IsNil ? information.GetSequencePoints().First().Document : information.Document;
        return document.IsNil ? null : PathOf(document);
    }

    private string DocumentOf(Type type) => DocumentsOf(type).FirstOrDefault() ?? (type.DeclaringType is { } outer ? DocumentOf(outer) : "");

    /// <summary>Where a type stands: as its methods or those of its nested types say, or a note that the compiler makes where there are none.</summary>
    private IEnumerable<string> DocumentsOf(Type type)
    {
        var typeDefinitionDocuments = new Guid("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");
        return type.GetMembers(Declared).OfType<MethodBase>().Select(DocumentOf).OfType<string>()
            .Concat(_reader.GetCustomDebugInformation(MetadataTokens.EntityHandle(type.MetadataToken)).Select(_reader.GetCustomDebugInformation)
                .Where(information => _reader.GetGuid(information.Kind) == typeDefinitionDocuments)
                .Select(information => PathOf(MetadataTokens.DocumentHandle(_reader.GetBlobReader(information.Value).ReadCompressedInteger()))))
            .Concat(type.GetNestedTypes(Declared).SelectMany(DocumentsOf));
    }

    private string PathOf(DocumentHandle handle) => _reader.GetString(_reader.GetDocument(handle).Name).Replace('\\', '/');
}
