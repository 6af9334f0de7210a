using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Types whose objects can change, and what changes them.</summary>
internal static class MutableTypes
{
    private static readonly HashSet<string> Classes = new(StringComparer.Ordinal)
    {
        "ArrayList", "BlockingCollection", "ConcurrentBag", "ConcurrentDictionary", "ConcurrentQueue",
        "ConcurrentStack", "ConditionalWeakTable", "Dictionary", "HashSet", "Hashtable", "LinkedList", "List",
        "MemoryCache", "ObservableCollection", "OrderedDictionary", "PriorityQueue", "Queue", "SortedDictionary",
        "SortedList", "SortedSet", "Stack", "StringBuilder", "StrongBox",
    };

    private static readonly HashSet<string> Interfaces = new(StringComparer.Ordinal)
    {
        "ICollection", "IDictionary", "IList", "ISet",
    };

    /// <summary>What is as mutable as what it holds.</summary>
    private static readonly HashSet<string> Holders = new(StringComparer.Ordinal)
    {
        "KeyValuePair", "Lazy", "Task", "Tuple", "ValueTask", "ValueTuple", "WeakReference",
    };

    private static readonly HashSet<string> Changes = new(StringComparer.Ordinal)
    {
        "Add", "AddAfter", "AddBefore", "AddFirst", "AddLast", "AddOrUpdate", "AddRange", "Append", "AppendFormat",
        "AppendJoin", "Clear", "Dequeue", "Enqueue", "EnqueueRange", "ExceptWith", "GetOrAdd", "Insert", "InsertRange",
        "IntersectWith", "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveRange",
        "RemoveWhere", "Replace", "Reverse", "SetByIndex", "Sort", "SymmetricExceptWith", "TryAdd", "TryDequeue",
        "TryPop", "TryRemove", "TryTake", "TryUpdate", "UnionWith",
    };

    /// <summary>Whether a type is that of a collection that can change, of what holds one, or a class of this project
    /// with what can be set.</summary>
    public static bool Contains(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => Contains(array.ElementType),
        INamedTypeSymbol named when IsOfSystem(named) =>
            named.ContainingNamespace.Name is "Immutable" or "Frozen" || Holders.Contains(named.Name)
                ? named.TypeArguments.Any(Contains)
                : Classes.Contains(named.Name),
        INamedTypeSymbol named => IsOwn(named),
        _ => false,
    };

    /// <summary>Whether what can change may be had through a type, although the type does not say that it is.</summary>
    public static bool MayHide(ITypeSymbol type) => type.SpecialType == SpecialType.System_Object || IsInterface(type)
        || type.TypeKind == TypeKind.Interface && IsInSource(type);

    /// <summary>Whether a type is an interface of a collection, by which it is changed.</summary>
    public static bool IsInterface(ITypeSymbol? type) =>
        type is INamedTypeSymbol named && Interfaces.Contains(named.Name) && IsOfSystem(named);

    /// <summary>The collection that a call changes, if it does.</summary>
    public static IOperation? ChangedBy(IInvocationOperation call)
    {
        var changed = call.Instance
            ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
        return changed?.Unconverted() is { } value && Changes.Contains(call.TargetMethod.Name)
            && value.Type is INamedTypeSymbol type && IsOfSystem(type)
            && (Classes.Contains(type.Name) || IsInterface(type)) && type.ContainingNamespace.Name != "Immutable"
                ? value
                : null;
    }

    /// <summary>What a library's base class keeps is not known.</summary>
    private static bool IsOwn(INamedTypeSymbol type) => type.TypeKind == TypeKind.Class && IsInSource(type)
        && type.BaseType is { } above && (above.SpecialType == SpecialType.System_Object || IsInSource(above))
        && (type.GetMembers().OfType<IFieldSymbol>().Any(IsSettable) || IsOwn(above));

    private static bool IsSettable(IFieldSymbol field) => !field.IsStatic && !field.IsReadOnly && !field.IsConst
        && field.AssociatedSymbol is not IPropertySymbol { SetMethod: null or { IsInitOnly: true } };

    private static bool IsInSource(ITypeSymbol type) => type.Locations.Any(location => location.IsInSource);

    private static bool IsOfSystem(INamedTypeSymbol type)
    {
        string space = type.ContainingNamespace?.ToDisplayString() ?? "";
        return space == "System" || space.StartsWith("System.", StringComparison.Ordinal);
    }
}
