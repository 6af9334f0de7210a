using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>One argument of a transaction: a string, sent as UTF-8, or bytes.</summary>
/// <remarks>
/// Converts implicitly, so that <c>Arguments = ["asset1", bytes]</c> works. Immutable and thread-safe.
/// </remarks>
public readonly struct TransactionArgument : IEquatable<TransactionArgument>
{
    private readonly ByteString? _value;

    private TransactionArgument(ByteString value) => _value = value;

    internal ByteString Value => _value ?? ByteString.Empty;

    /// <summary>Takes a string.</summary>
    /// <exception cref="ArgumentException">The string holds a lone surrogate, which has no UTF-8 form.</exception>
    public static implicit operator TransactionArgument(string value) => FromString(value);

    /// <summary>Copies bytes.</summary>
    public static implicit operator TransactionArgument(byte[] value)
    {
        // As a span, null would be no bytes.
        ArgumentNullException.ThrowIfNull(value);
        return FromBytes(value);
    }

    /// <summary>Copies bytes.</summary>
    public static implicit operator TransactionArgument(ReadOnlyMemory<byte> value) => FromBytes(value.Span);

    /// <summary>Tells whether two arguments are the same bytes.</summary>
    public static bool operator ==(TransactionArgument left, TransactionArgument right) => left.Equals(right);

    /// <summary>Tells whether two arguments differ.</summary>
    public static bool operator !=(TransactionArgument left, TransactionArgument right) => !left.Equals(right);

    /// <summary>Takes a string.</summary>
    /// <exception cref="ArgumentException">The string holds a lone surrogate, which has no UTF-8 form.</exception>
    public static TransactionArgument FromString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new TransactionArgument(StrictText.ToBytes(value, "A transaction argument"));
    }

    /// <summary>Copies bytes.</summary>
    public static TransactionArgument FromBytes(ReadOnlySpan<byte> value) => new(ByteString.CopyFrom(value));

    /// <inheritdoc/>
    public bool Equals(TransactionArgument other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TransactionArgument other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();
}
