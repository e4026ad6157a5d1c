namespace Transcendence.Hosting;

/// <summary>Something is wrong with the application that was described, or with its run.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Creates it.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="inner">Its cause.</param>
    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>A parameter has no value.</summary>
public class MissingParameterValueException : DistributedApplicationException
{
    /// <summary>Creates it.</summary>
    /// <param name="message">Which parameter, and how to give it one.</param>
    public MissingParameterValueException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">Which parameter, and how to give it one.</param>
    /// <param name="innerException">Its cause.</param>
    public MissingParameterValueException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    /// <summary>Creates it.</summary>
    public MissingParameterValueException()
    {
    }
}
