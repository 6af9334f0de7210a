namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// A key, a value, or a part of them that no ledger takes: empty, or with characters that are reserved or have no UTF-8
/// form.
/// </summary>
/// <remarks>
/// Keys and values mostly come from who calls a transaction: a chaincode server answers with the message, and status
/// 400, where it would keep every other exception's to itself.
/// </remarks>
public sealed class StateArgumentException : ArgumentException
{
    /// <summary>Makes an error that names no particular fault.</summary>
    public StateArgumentException()
        : this("A key or value is one that no ledger takes.")
    {
    }

    /// <summary>Makes an error.</summary>
    /// <param name="message">What is wrong, and how it is mended. The caller of the transaction sees exactly this.
    /// </param>
    public StateArgumentException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    /// <param name="message">What is wrong, and how it is mended.</param>
    /// <param name="innerException">The cause, which the caller does not see.</param>
    public StateArgumentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
