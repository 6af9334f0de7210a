namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Says that an interface describes a contract: the chaincode implements it, the client calls it, and what lies between
/// is generated for both.
/// </summary>
/// <remarks>
/// Each method is a transaction, marked with <see cref="SubmitAttribute"/> or <see cref="EvaluateAttribute"/>, that
/// returns a Task or ValueTask, with a result or without. Its parameters are the arguments, in the form of Fabric's
/// contract API: text, dates and enumerations as they are, <c>byte[]</c> as bytes, numbers, booleans and all else as
/// JSON. A last parameter that is a <see cref="CancellationToken"/> is none of them: it cancels the client's call.
/// </remarks>
/// <param name="name">
/// The contract's name, by which callers choose it among others of its chaincode. Default is the interface's without
/// the I before it.
/// </param>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class FabricContractAttribute(string? name = null) : Attribute
{
    /// <summary>Gets the contract's name; null for the interface's.</summary>
    public string? Name { get; } = name;

    /// <summary>
    /// Gets or sets the serializer context (a class derived from
    /// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>) that names, each with its own
    /// <see cref="System.Text.Json.Serialization.JsonSerializableAttribute"/>, the types that go as JSON. Default is
    /// null: only text, numbers, booleans, dates and bytes are used. Its own options do not count, those of
    /// <see cref="ContractJson"/> do.
    /// </summary>
    public Type? JsonContext { get; set; }

    /// <summary>Gets or sets the version that the metadata names. Default is 1.0.</summary>
    public string Version { get; set; } = ContractInterface.DefaultVersion;

    /// <summary>Gets or sets the title that the metadata names. Default is null: the name.</summary>
    public string? Title { get; set; }

    /// <summary>Gets or sets the description that the metadata has. Default is null: none.</summary>
    public string? Description { get; set; }

    /// <summary>Gets or sets the licence that the metadata names. Default is null: none.</summary>
    public string? License { get; set; }
}
