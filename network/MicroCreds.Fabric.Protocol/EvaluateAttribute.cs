namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Says that a method of a <see cref="FabricContractAttribute"/> interface is a transaction that is evaluated: its
/// writes are refused.
/// </summary>
/// <param name="name">
/// The transaction's name. Default is the method's without the Async behind it.
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EvaluateAttribute(string? name = null) : Attribute
{
    /// <summary>Gets the transaction's name; null for the method's.</summary>
    public string? Name { get; } = name;
}
