using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Generators;

/// <summary>Reads what an interface says of its contract, and tells whatever keeps it from being one.</summary>
internal sealed class ContractReader
{
    private const string Protocol = "MicroCreds.Fabric.Protocol";
    private const string Async = "Async";

    private readonly INamedTypeSymbol _interface;
    private readonly Action<Diagnostic> _report;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private bool _isFaulty;

    private ContractReader(INamedTypeSymbol type, Action<Diagnostic> report)
    {
        _interface = type;
        _report = report;
    }

    public static AttributeData? AttributeOf(ITypeSymbol type) => Find(type, "FabricContractAttribute");

    /// <summary>Returns the contract; null where something keeps the interface from describing one.</summary>
    public static DescribedContract? Read(INamedTypeSymbol type, AttributeData attribute, Action<Diagnostic> report) =>
        new ContractReader(type, report).Read(attribute);

    private DescribedContract? Read(AttributeData attribute)
    {
        CheckInterface();
        var transactions = _interface.GetMembers().OfType<IMethodSymbol>()
            .Where(method => method is { MethodKind: MethodKind.Ordinary, IsStatic: false })
            .Select(Read).ToArray();
        var contract = new DescribedContract(_interface, attribute, transactions);
        if (contract.Name.Trim().Length == 0 || contract.Name.Contains(':'))
        {
            Report(ContractRules.Interface, _interface, _interface.Name,
                $"'{contract.Name}' is no contract's name: it is blank, or has a colon, which parts contract and "
                + "transaction");
        }

        foreach (var transaction in transactions) CheckTypes(transaction, contract.JsonContext);

        return _isFaulty ? null : contract;
    }

    private void CheckInterface()
    {
        string? fault = _interface switch
        {
            { IsGenericType: true } => "it is generic, and a contract has one form only: leave out the type parameters",
            { Interfaces.Length: > 0 } => "it inherits, and transactions are read from one interface: write them here",
            _ when !IsReachable(_interface) => "it is nested in what is not public or internal: move it out",
            _ when _interface.GetMembers().Any(IsOther) =>
                "it has other members than methods without a body: leave out properties, events and static members",
            _ => null,
        };
        if (fault is not null) Report(ContractRules.Interface, _interface, _interface.Name, fault);
    }

    private DescribedTransaction Read(IMethodSymbol method)
    {
        var submit = Find(method, "SubmitAttribute");
        var evaluate = Find(method, "EvaluateAttribute");
        if ((submit is null) == (evaluate is null))
        {
            Report(ContractRules.Mark, method, method.Name, submit is null ? "not marked" : "marked with both");
        }

        if (method.IsGenericMethod)
        {
            Report(ContractRules.Argument, method, method.Name,
                "the method is generic, and an argument has one form only: leave out the type parameters");
        }

        var given = (submit ?? evaluate)?.ConstructorArguments.FirstOrDefault().Value as string;
        string name = given ?? WithoutAsync(method.Name);
        if (!_names.Add(name)) Report(ContractRules.Name, method, name);

        var parameters = method.Parameters.Where((one, i) => i < method.Parameters.Length - 1 || !IsToken(one.Type))
            .ToArray();
        foreach (var parameter in parameters) Check(parameter);

        return new DescribedTransaction(method, name, evaluate is not null, parameters, ResultOf(method));
    }

    private ITypeSymbol? ResultOf(IMethodSymbol method)
    {
        if (method.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments.Length: < 2 } type
            && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks")
        {
            return type.TypeArguments.SingleOrDefault();
        }

        Report(ContractRules.Result, method, method.Name, method.ReturnsVoid ? "nothing" : $"{method.ReturnType}");
        return null;
    }

    private void Check(IParameterSymbol parameter)
    {
        string? fault = parameter switch
        {
            { RefKind: not RefKind.None } =>
                "it is passed by reference, and the chaincode is elsewhere: pass the value",
            _ when IsToken(parameter.Type) => "a token cancels the client's call: make it the last parameter",
            _ when parameter.Type is IPointerTypeSymbol or IFunctionPointerTypeSymbol
                || parameter.Type.IsRefLikeType || parameter.Type.TypeKind == TypeKind.Delegate =>
                $"{parameter.Type} exists in this process alone: pass text, bytes or a record",
            _ => null,
        };
        if (fault is not null) Report(ContractRules.Argument, parameter, parameter.Name, fault);
    }

    private void CheckTypes(DescribedTransaction transaction, INamedTypeSymbol? context)
    {
        foreach (var parameter in transaction.Parameters) CheckType(parameter.Type, parameter, context);

        if (transaction.Result is not { } result) return;

        CheckType(result, transaction.Method, context);
        if (result.NullableAnnotation == NullableAnnotation.Annotated && IsEmptyAsNull(result))
            Report(ContractRules.Null, transaction.Method, transaction.Method.Name, result.ToMinimal());
    }

    // Both are written as they are, and null as nothing: an empty one is nothing too.
    private static bool IsEmptyAsNull(ITypeSymbol type) => type is { SpecialType: SpecialType.System_String }
        or IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte };

    private void CheckType(ITypeSymbol type, ISymbol at, INamedTypeSymbol? context)
    {
        if (PlainTypes.Include(type) || IsToken(type) || type.TypeKind is TypeKind.Error or TypeKind.Delegate) return;

        string? fault = type.IsTupleType
            ? "the serializer writes none of a tuple's values: make it a record"
            : context is null
            ? $"name a serializer context with [JsonSerializable({type.ToListed()})], as in "
                + "[FabricContract(JsonContext = typeof(…))]"
            : IsAmong(type, context) ? null : $"add [JsonSerializable({type.ToListed()})] to {context.Name}";
        if (fault is not null) Report(ContractRules.Json, at, type.ToMinimal(), fault);
    }

    private static bool IsAmong(ITypeSymbol type, INamedTypeSymbol context) => context.GetAttributes().Any(one =>
        one.AttributeClass?.Name == "JsonSerializableAttribute"
        && one.ConstructorArguments.FirstOrDefault().Value is ITypeSymbol listed
        && SymbolEqualityComparer.Default.Equals(listed, type));

    private static bool IsOther(ISymbol member) => member is not IMethodSymbol
    {
        MethodKind: MethodKind.Ordinary, IsStatic: false, IsAbstract: true,
    };

    private static bool IsReachable(INamedTypeSymbol type) =>
        type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
        && (type.ContainingType is null || IsReachable(type.ContainingType));

    private static bool IsToken(ITypeSymbol type) =>
        type is { Name: "CancellationToken", ContainingNamespace: { } space }
        && space.ToDisplayString() == "System.Threading";

    private static string WithoutAsync(string name) =>
        name.Length > Async.Length && name.EndsWith(Async, StringComparison.Ordinal)
            ? name.Substring(0, name.Length - Async.Length)
            : name;

    private static AttributeData? Find(ISymbol symbol, string name) => symbol.GetAttributes().FirstOrDefault(one =>
        one.AttributeClass?.Name == name && one.AttributeClass.ContainingNamespace.ToDisplayString() == Protocol);

    private void Report(DiagnosticDescriptor rule, ISymbol at, params object[] arguments)
    {
        _isFaulty = true;
        _report(Diagnostic.Create(rule, at.Locations.FirstOrDefault(), arguments));
    }
}
