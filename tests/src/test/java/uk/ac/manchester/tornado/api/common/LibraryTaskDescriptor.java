package uk.ac.manchester.tornado.api.common;

/** A call of a library: which function, with what, and how it uses each argument. */
public class LibraryTaskDescriptor {
    private String library;
    private String function;
    private Object[] parameters = {};
    private Access[] access = {};

    public LibraryTaskDescriptor withLibrary(String libraryName) {
        library = libraryName;
        return this;
    }

    public LibraryTaskDescriptor withFunction(String functionName) {
        function = functionName;
        return this;
    }

    public LibraryTaskDescriptor withParameters(Object[] parameters) {
        this.parameters = parameters.clone();
        return this;
    }

    public LibraryTaskDescriptor withAccess(Access[] access) {
        this.access = access.clone();
        return this;
    }

    public String getLibraryName() {
        return library;
    }

    public String getFunctionName() {
        return function;
    }

    public Object[] getParameters() {
        return parameters.clone();
    }

    public Access[] getAccess() {
        return access.clone();
    }
}
