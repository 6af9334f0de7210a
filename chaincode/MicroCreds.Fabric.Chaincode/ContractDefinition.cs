using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Fabric.Chaincode.Contracts;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Defines a contract: named transactions with typed arguments and results.</summary>
/// <remarks>
/// <para>
/// A transaction is a delegate whose first parameter is a <see cref="TransactionContext"/>. Each further parameter is
/// read from one argument: text (<see cref="string"/> and every type whose JSON form is text, such as enumerations and
/// dates) as it is, <c>byte[]</c> as bytes, anything else from JSON. So is the result written, which may come in a Task
/// or ValueTask. A parameter with a default value may be left out.
/// </para>
/// <para>
/// Define everything, then hand the definition to <see cref="ContractChaincode"/>. Not thread-safe; the delegates are
/// called for many transactions at once.
/// </para>
/// </remarks>
public sealed class ContractDefinition
{
    private readonly Dictionary<string, TransactionHandler> _transactions = new(StringComparer.Ordinal);

    /// <summary>Starts a contract.</summary>
    /// <param name="name">Its name, by which callers choose it among others; without a colon.</param>
    public ContractDefinition(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains(':', StringComparison.Ordinal) || name == SystemContract.Name)
        {
            throw new ArgumentException(
                $"'{name}' cannot be a contract's name: it has a colon, or is Fabric's own.", nameof(name));
        }

        Name = name;
    }

    /// <summary>Gets how arguments and results are written unless the contract says otherwise: strict, in camel case,
    /// enumerations as text.</summary>
    public static JsonSerializerOptions DefaultSerializerOptions { get; } = MakeDefaultSerializerOptions();

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the version that the metadata names. Default is 1.0.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>Gets the title that the metadata names. Default is the name.</summary>
    public string? Title { get; init; }

    /// <summary>Gets the description that the metadata has. Default is none.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the licence that the metadata names. Default is none.</summary>
    public string? License { get; init; }

    /// <summary>Gets how arguments and results are written. Default is <see cref="DefaultSerializerOptions"/>.
    /// </summary>
    public JsonSerializerOptions SerializerOptions { get; init; } = DefaultSerializerOptions;

    internal IReadOnlyDictionary<string, TransactionHandler> Transactions => _transactions;

    internal Func<TransactionContext, ValueTask>? BeforeHook { get; private set; }

    internal Func<TransactionContext, object?, ValueTask>? AfterHook { get; private set; }

    internal Func<TransactionContext, ValueTask<Response>>? UnknownHook { get; private set; }

    /// <summary>Adds a transaction that is meant to be submitted: it may write.</summary>
    /// <param name="name">Its name, unique in the contract.</param>
    /// <param name="handler">What it does; see the remarks of <see cref="ContractDefinition"/>.</param>
    /// <exception cref="ArgumentException">The name is taken, or the delegate does not fit.</exception>
    public ContractDefinition Submit(string name, Delegate handler) => Add(name, handler, isEvaluation: false);

    /// <summary>Adds a transaction that is meant to be evaluated: its writes are refused.</summary>
    /// <inheritdoc cref="Submit"/>
    public ContractDefinition Evaluate(string name, Delegate handler) => Add(name, handler, isEvaluation: true);

    /// <summary>
    /// Sets what happens before each known transaction, and before its arguments are read. Throw to refuse it.
    /// </summary>
    public ContractDefinition Before(Func<TransactionContext, ValueTask> hook)
    {
        BeforeHook = hook ?? throw new ArgumentNullException(nameof(hook));
        return this;
    }

    /// <summary>Sets what happens after each transaction that succeeded, with its result. Throw to refuse it.</summary>
    public ContractDefinition After(Func<TransactionContext, object?, ValueTask> hook)
    {
        AfterHook = hook ?? throw new ArgumentNullException(nameof(hook));
        return this;
    }

    /// <summary>Sets what answers a transaction that is not known. Default is an error that lists the known ones.
    /// </summary>
    public ContractDefinition Unknown(Func<TransactionContext, ValueTask<Response>> hook)
    {
        UnknownHook = hook ?? throw new ArgumentNullException(nameof(hook));
        return this;
    }

    private ContractDefinition Add(string name, Delegate handler, bool isEvaluation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(handler);
        if (!_transactions.TryAdd(
                name, HandlerCompiler.Compile($"{Name}:{name}", handler, SerializerOptions, isEvaluation)))
        {
            throw new ArgumentException($"Contract '{Name}' already has a transaction '{name}'.", nameof(name));
        }

        return this;
    }

    private static JsonSerializerOptions MakeDefaultSerializerOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }
}
