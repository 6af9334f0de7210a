namespace MicroCreds.Fabric.Chaincode;

/// <summary>An error whose message the caller of the transaction gets to see.</summary>
public class ChaincodeException : Exception
{
    /// <summary>Makes an error of status 500.</summary>
    public ChaincodeException()
        : this("The transaction failed.")
    {
    }

    /// <summary>Makes an error of status 500.</summary>
    /// <param name="message">What is wrong, and how it is mended. The caller sees exactly this.</param>
    public ChaincodeException(string message)
        : this(message, Response.InternalError)
    {
    }

    /// <summary>Makes an error of status 500 with its cause, which the caller does not see.</summary>
    public ChaincodeException(string message, Exception innerException)
        : base(message, innerException) => Status = Response.InternalError;

    /// <summary>Makes an error.</summary>
    /// <param name="message">What is wrong, and how it is mended. The caller sees exactly this.</param>
    /// <param name="status">The response's status, at least 400.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is below 400, which peers would endorse.</exception>
    public ChaincodeException(string message, int status)
        : base(message)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, Response.ErrorThreshold);
        Status = status;
    }

    /// <summary>Gets the status of the response.</summary>
    public int Status { get; }
}
