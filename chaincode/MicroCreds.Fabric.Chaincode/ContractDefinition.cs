using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Fabric.Chaincode.Contracts;
using MicroCreds.Fabric.Protocol;

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
    private Type _contextType = typeof(TransactionContext);

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
    public string Version { get; init; } = ContractInterface.DefaultVersion;

    /// <summary>Gets the title that the metadata names. Default is the name.</summary>
    public string? Title { get; init; }

    /// <summary>Gets the description that the metadata has. Default is none.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the licence that the metadata names. Default is none.</summary>
    public string? License { get; init; }

    /// <summary>Gets how arguments and results are written. Default is <see cref="DefaultSerializerOptions"/>.
    /// </summary>
    public JsonSerializerOptions SerializerOptions { get; init; } = DefaultSerializerOptions;

    /// <summary>Gets what reads arguments and writes results in another form than that of Fabric's contract API.
    /// Default is null: that form.</summary>
    public IContractSerializer? Serializer { get; init; }

    internal Func<TransactionContext, TransactionContext>? ContextFactory { get; private set; }

    internal Func<TransactionContext, Func<ValueTask<Response>>, ValueTask<Response>>? AroundHook { get; private set; }

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
    /// Defines the contract that an interface with <see cref="FabricContractAttribute"/> describes, with a dispatcher
    /// that is generated where this is called: without reflection.
    /// </summary>
    /// <typeparam name="TContract">The interface, by its name: a type parameter will not do.</typeparam>
    /// <param name="create">
    /// Makes what answers one transaction, of a class that implements the interface. It is called for each one, after
    /// <see cref="Before"/> and when its arguments are read.
    /// </param>
    /// <exception cref="InvalidOperationException">Nothing was generated of the interface.</exception>
    public static ContractDefinition Of<TContract>(Func<TransactionContext, TContract> create)
        where TContract : class
    {
        ArgumentNullException.ThrowIfNull(create);
        return Of(create, GeneratedContracts.Of<TContract>());
    }

    /// <summary>
    /// Sets the class that transactions and hooks get their context in. Before all transactions, whose delegates may
    /// then have it as their first parameter.
    /// </summary>
    /// <typeparam name="TContext">The class.</typeparam>
    /// <param name="create">Makes one of the library's context, for each transaction; not null.</param>
    /// <exception cref="InvalidOperationException">There are transactions already.</exception>
    public ContractDefinition WithContext<TContext>(Func<TransactionContext, TContext> create)
        where TContext : TransactionContext
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_transactions.Count > 0)
        {
            throw new InvalidOperationException(
                $"Contract '{Name}' has transactions already: give it its context before them.");
        }

        ContextFactory = create;
        _contextType = typeof(TContext);
        return this;
    }

    /// <summary>
    /// Sets what happens around each known transaction, its other hooks and the reading of its arguments included.
    /// </summary>
    /// <param name="hook">
    /// Calls what it is given, once, and returns its response or another one; refusals come as exceptions. Without
    /// calling it, it answers in its place.
    /// </param>
    public ContractDefinition Around(
        Func<TransactionContext, Func<ValueTask<Response>>, ValueTask<Response>> hook)
    {
        AroundHook = hook ?? throw new ArgumentNullException(nameof(hook));
        return this;
    }

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
                name, HandlerCompiler.Compile($"{Name}:{name}", handler, _contextType, FormatOf, isEvaluation)))
        {
            throw new ArgumentException($"Contract '{Name}' already has a transaction '{name}'.", nameof(name));
        }

        return this;
    }

    private ValueFormat FormatOf(Type type) => new(type, SerializerOptions, Serializer);

    private static ContractDefinition Of<TContract>(
        Func<TransactionContext, TContract> create, GeneratedContract<TContract> generated)
        where TContract : class
    {
        var description = generated.Description();
        var definition = new ContractDefinition(description.Name)
        {
            Version = description.Version,
            Title = description.Title,
            Description = description.Description,
            License = description.License,
            SerializerOptions = description.SerializerOptions,
        };
        foreach (var (transaction, call) in description.Transactions.Zip(generated.Calls))
        {
            definition._transactions.Add(transaction.Name, new TransactionHandler(
                $"{definition.Name}:{transaction.Name}",
                transaction.IsEvaluation,
                [.. transaction.Parameters.Select(parameter => new TransactionParameter(
                    parameter.Name, definition.FormatOf(parameter.Type), parameter.MayBeNull, parameter.IsRequired,
                    parameter.DefaultValue))],
                transaction.Result is { } result ? definition.FormatOf(result) : null,
                (context, values) => call(create(context), values)));
        }

        return definition;
    }

    private static JsonSerializerOptions MakeDefaultSerializerOptions() => ContractJson.NewOptions(
        new DefaultJsonTypeInfoResolver(),
        new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
}
