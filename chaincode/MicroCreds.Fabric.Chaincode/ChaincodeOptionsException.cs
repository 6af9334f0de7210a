namespace MicroCreds.Fabric.Chaincode;

/// <summary>A chaincode server cannot start with the options it was given.</summary>
public sealed class ChaincodeOptionsException : Exception
{
    /// <summary>Makes an error that names no particular fault.</summary>
    public ChaincodeOptionsException()
        : this(["The options are not valid."])
    {
    }

    /// <summary>Makes an error of one fault.</summary>
    public ChaincodeOptionsException(string message)
        : this([message])
    {
    }

    /// <summary>Makes an error of one fault with its cause.</summary>
    public ChaincodeOptionsException(string message, Exception innerException)
        : base(message, innerException) => Faults = [message];

    /// <summary>Makes an error of all faults.</summary>
    public ChaincodeOptionsException(IReadOnlyList<string> faults)
        : base("The chaincode server cannot start: " + string.Join(" ", faults)) => Faults = faults;

    /// <summary>Gets each fault as a sentence that names the option and its mend.</summary>
    public IReadOnlyList<string> Faults { get; }
}
