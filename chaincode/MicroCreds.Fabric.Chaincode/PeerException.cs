namespace MicroCreds.Fabric.Chaincode;

/// <summary>The peer refused a request of the stub, answered nonsense, or is gone.</summary>
public sealed class PeerException : ChaincodeException
{
    /// <summary>Makes an error without a particular request.</summary>
    public PeerException()
        : this("The peer refused a request.")
    {
    }

    /// <summary>Makes an error.</summary>
    /// <param name="message">The peer's own words where it gave any; of the stub, on one line.</param>
    public PeerException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error with its cause.</summary>
    public PeerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
