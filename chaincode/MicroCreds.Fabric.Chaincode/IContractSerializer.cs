namespace MicroCreds.Fabric.Chaincode;

/// <summary>A form of a contract's own for its arguments and results, such as protobuf's or CBOR's.</summary>
/// <remarks>
/// Called for many transactions at once, so it must be thread-safe; and every endorsing peer must write the same bytes
/// of the same value. The metadata describes the types as they would be in JSON.
/// </remarks>
public interface IContractSerializer
{
    /// <summary>Reads an argument.</summary>
    /// <param name="bytes">The argument; of no use once this has returned.</param>
    /// <param name="type">The parameter's type.</param>
    /// <exception cref="FormatException">
    /// The bytes are not such a value; the message, which the caller gets, says why in a clause such as "it is empty".
    /// </exception>
    object? Read(ReadOnlyMemory<byte> bytes, Type type);

    /// <summary>Writes a result.</summary>
    /// <param name="value">What the transaction returned, or null.</param>
    /// <param name="type">The result's type.</param>
    ReadOnlyMemory<byte> Write(object? value, Type type);
}
