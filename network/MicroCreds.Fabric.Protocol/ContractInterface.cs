using System.Text.Json;

namespace MicroCreds.Fabric.Protocol;

/// <summary>What an interface with <see cref="FabricContractAttribute"/> says of its contract, as it is generated.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ContractInterface
{
    /// <summary>The version of a contract that names none: 1.0.</summary>
    public const string DefaultVersion = "1.0";

    /// <summary>Gets the contract's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the version that the metadata names. Default is <see cref="DefaultVersion"/>.</summary>
    public string Version { get; init; } = DefaultVersion;

    /// <summary>Gets the title that the metadata names. Default is null: the name.</summary>
    public string? Title { get; init; }

    /// <summary>Gets the description that the metadata has. Default is null: none.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the licence that the metadata names. Default is null: none.</summary>
    public string? License { get; init; }

    /// <summary>Gets how arguments and results are written.</summary>
    public required JsonSerializerOptions SerializerOptions { get; init; }

    /// <summary>Gets the transactions, in the order of the interface's methods.</summary>
    public required IReadOnlyList<ContractTransaction> Transactions { get; init; }
}

/// <summary>A transaction of a <see cref="ContractInterface"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsEvaluation">Whether it is evaluated and must not write.</param>
/// <param name="Parameters">Its parameters, in the order of its arguments.</param>
/// <param name="Result">The type of its result; null where it has none.</param>
public sealed record ContractTransaction(
    string Name, bool IsEvaluation, IReadOnlyList<ContractParameter> Parameters, Type? Result);

/// <summary>A parameter of a <see cref="ContractTransaction"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="MayBeNull">Whether null is a value of it.</param>
/// <param name="IsRequired">Whether its argument must be there.</param>
/// <param name="DefaultValue">Its value where the argument is not there.</param>
public sealed record ContractParameter(
    string Name, Type Type, bool MayBeNull = false, bool IsRequired = true, object? DefaultValue = null);
